"""Which handshakes are let in."""

from typing import Any

import pytest

from tests.serving.asking import shake_hands
from voltsafe.asgi import application
from voltsafe.origins import may_open, origin_of

HOST = (b"host", b"home.example:8000")
ORIGIN = b"https://home.example"


@pytest.fixture(autouse=True)
def _ours(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["home.example", "[::1]"]
    settings.ALLOWED_ORIGINS = ["https://home.example", "http://home.example:8000", "http://[::1]:8000"]


@pytest.mark.parametrize(
    "origin",
    [
        b"https://home.example",
        b"https://home.example:443",
        b"http://home.example:8000",
        b"HTTPS://HOME.EXAMPLE",
        b"http://[::1]:8000",
    ],
)
def test_our_own_pages_may(origin: bytes) -> None:
    assert may_open([HOST, (b"origin", origin)])


@pytest.mark.parametrize(
    "origin",
    [
        b"http://home.example",  # another scheme
        b"https://home.example:8000",  # another port
        b"http://home.example:9000",
        b"https://evil.example",
        b"https://home.example.evil.example",
        b"https://evil.example/https://home.example",
        b"https://home.example@evil.example",
        b"https://home.example, https://evil.example",
        b"https://home.example:port",
        b"https://home.example:99999",
        b"https://[home.example",
        b"file://",
        b"null",
        b"*",
        b"",
        b"\xff",
    ],
)
def test_other_pages_may_not(origin: bytes) -> None:
    assert not may_open([HOST, (b"origin", origin)])


def test_two_origins_are_none_of_ours() -> None:
    assert not may_open([HOST, (b"origin", ORIGIN), (b"origin", ORIGIN)])


def test_without_an_origin_only_a_client_with_a_token_may() -> None:
    assert not may_open([HOST])
    assert not may_open([HOST, (b"cookie", b"voltsafe_session=x")])
    assert may_open([HOST, (b"authorization", b"Bearer x")])


def test_a_token_does_not_make_up_for_another_pages_origin() -> None:
    assert not may_open([HOST, (b"authorization", b"Bearer x"), (b"origin", b"https://evil.example")])


@pytest.mark.parametrize(
    "hosts", [[b"evil.example"], [], [b"home.example", b"home.example"], [b"home.example,evil"], [b""]]
)
def test_the_host_must_be_ours_too(hosts: list[bytes]) -> None:
    assert not may_open([*((b"host", host) for host in hosts), (b"origin", ORIGIN)])


def test_a_path_is_no_origin() -> None:
    assert origin_of("https://home.example/") is None


SOCKETS = ["/ws/homes/home/", "/ws/api/v1/homes/home/"]


@pytest.mark.parametrize("path", SOCKETS)
async def test_the_application_refuses_another_page(path: str) -> None:
    assert await shake_hands(application, path, [HOST, (b"origin", b"https://evil.example")]) == "websocket.close"


@pytest.mark.parametrize("path", SOCKETS)
async def test_the_application_refuses_another_host(path: str) -> None:
    assert await shake_hands(application, path, [(b"host", b"evil.example"), (b"origin", ORIGIN)]) == "websocket.close"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", SOCKETS)
async def test_the_application_lets_our_own_page_in(path: str) -> None:
    assert await shake_hands(application, path, [HOST, (b"origin", ORIGIN)]) == "websocket.accept"


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/homes/", "/nothing/here/", "/ws/homes/a/b/"])
async def test_an_unknown_path_is_closed_without_a_word(path: str, caplog: pytest.LogCaptureFixture) -> None:
    assert await shake_hands(application, path, [HOST, (b"origin", ORIGIN)]) == "websocket.close"
    assert caplog.records == []


async def test_a_sub_path_that_the_client_made_up_is_not_believed() -> None:
    made_up = {"root_path": "/evil"}

    assert await shake_hands(application, "/nothing/", [HOST, (b"origin", ORIGIN)], **made_up) == "websocket.close"
