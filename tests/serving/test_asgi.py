"""The application as a whole: HTTP to Django through the pool, and the loop made known."""

import asyncio

import pytest

from appliances import events
from tests.serving.asking import a_request, ask
from voltsafe.asgi import application


async def test_http_reaches_django() -> None:
    heard = await ask(application, a_request(b"/healthz"))

    assert heard is not None
    assert (heard.status, heard.body) == (200, b"ok\n")
    assert heard.header("x-frame-options") == "DENY"


async def test_head_is_the_same_without_its_body() -> None:
    heard = await ask(application, a_request(b"/healthz", method="HEAD"))

    assert heard is not None
    assert (heard.status, heard.body) == (200, b"")


@pytest.mark.parametrize("host", [b"evil.example", b"testserver,evil.example", b"testserver/../", b"\xff"])
async def test_a_host_that_is_not_ours_is_a_bad_request(host: bytes) -> None:
    heard = await ask(application, a_request(b"/sign-in/") | {"headers": [(b"host", host)]})

    assert heard is not None
    assert heard.status == 400


async def test_changes_are_published_on_the_loop_that_serves() -> None:
    await ask(application, a_request(b"/healthz"))

    assert events._loop is asyncio.get_running_loop()
