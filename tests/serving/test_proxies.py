"""Whose word is taken for where a request is from."""

from ipaddress import ip_network
from typing import Any

import pytest

from tests.serving.asking import a_request
from voltsafe.http_pool import environ_of
from voltsafe.proxies import BehindProxies, as_seen

TRUSTED = [ip_network(one) for one in ("127.0.0.1", "172.18.0.0/16", "fd00::/64")]
FORGED = [
    (b"x-forwarded-for", b"192.0.2.66"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"evil.example"),
    (b"x-forwarded-port", b"1"),
    (b"x-forwarded-server", b"evil.example"),
    (b"x-forwarded-prefix", b"/evil"),
    (b"x-real-ip", b"192.0.2.66"),
    (b"forwarded", b"for=192.0.2.66;proto=https"),
    (b"X-Forwarded-For", b"192.0.2.66"),
    (b"x_forwarded_for", b"192.0.2.66"),
    (b"x-forwarded_for", b"192.0.2.66"),
    (b"x_forwarded_proto", b"https"),
]


def seen(headers: list[tuple[bytes, bytes]], *, peer: str = "127.0.0.1", **scope: Any) -> dict[str, Any]:
    return as_seen(a_request(headers=headers, client=[peer, 40000], **scope), TRUSTED)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("header", FORGED, ids=str)
def test_from_anybody_else_a_header_says_nothing_and_is_gone(header: tuple[bytes, bytes], kind: str) -> None:
    found = seen([header], peer="192.0.2.7", type=kind, scheme={"http": "http", "websocket": "ws"}[kind])

    assert found["client"][0] == "192.0.2.7"
    assert found["scheme"] in {"http", "ws"}
    assert found["headers"] == [(b"host", b"testserver")]


@pytest.mark.parametrize("header", FORGED, ids=str)
def test_from_a_proxy_too_the_header_is_gone_once_it_was_read(header: tuple[bytes, bytes]) -> None:
    assert seen([header])["headers"] == [(b"host", b"testserver")]


def test_a_proxy_is_believed() -> None:
    found = seen([(b"x-forwarded-for", b"192.0.2.7"), (b"x-forwarded-proto", b"https")])
    environ = environ_of(found, b"")

    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == ("192.0.2.7", "https")
    assert not any("FORWARDED" in name for name in environ)


def test_a_socket_behind_a_proxy_is_a_secure_one() -> None:
    scope = a_request(headers=[(b"x-forwarded-proto", b"https")], client=["127.0.0.1", 1], type="websocket")
    del scope["scheme"]

    assert as_seen(scope, TRUSTED)["scheme"] == "wss"
    assert as_seen({**scope, "headers": []}, TRUSTED)["scheme"] == "ws"


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("1.1.1.1, 192.0.2.7", "192.0.2.7"),  # the client made up the left one
        ("1.1.1.1, 192.0.2.7, 172.18.0.3", "192.0.2.7"),  # two proxies of ours
        ("172.18.0.9, 172.18.0.3", "172.18.0.9"),  # a machine beside the proxy
        ("192.0.2.7:51000", "192.0.2.7"),
        ("[2001:db8::7]:51000", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, fd00::5", "192.0.2.7"),
        ("192.0.2.7, unknown", "127.0.0.1"),
        ("192.0.2.7, nonsense, 172.18.0.3", "172.18.0.3"),
        ("", "127.0.0.1"),
        (",,", "127.0.0.1"),
        ("\xff", "127.0.0.1"),
    ],
)
def test_the_client_is_the_right_most_that_is_no_proxy_of_ours(told: str, client: str) -> None:
    assert seen([(b"x-forwarded-for", told.encode("latin-1"))])["client"][0] == client


def test_several_headers_are_one_list() -> None:
    lines = [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"192.0.2.7"), (b"x-forwarded-for", b"172.18.0.3")]

    assert seen(lines)["client"][0] == "192.0.2.7"


@pytest.mark.parametrize("peer", ["::ffff:127.0.0.1", "fd00::1", "172.18.255.1"])
def test_a_proxy_is_known_in_any_writing(peer: str) -> None:
    assert seen([(b"x-forwarded-proto", b"https")], peer=peer)["scheme"] == "https"


@pytest.mark.parametrize("told", [[b"https,http"], [b"http", b"https"], [b"ftp"], [b""], [b"https\xff"]])
def test_a_scheme_that_is_not_one_word_is_none(told: list[bytes]) -> None:
    assert seen([(b"x-forwarded-proto", one) for one in told])["scheme"] == "http"


@pytest.mark.parametrize("client", [None, ["", 0], ["unix", 0]])
def test_a_peer_without_an_address_is_nobody(client: Any) -> None:
    scope = a_request(headers=[(b"x-forwarded-proto", b"https")], client=client)

    assert as_seen(scope, TRUSTED)["scheme"] == "http"


async def test_what_is_neither_a_request_nor_a_socket_passes_as_it_is() -> None:
    passed: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope)

    await BehindProxies(application, TRUSTED)({"type": "lifespan"}, None, None)

    assert passed == [{"type": "lifespan"}]
