"""The adapter between ASGI and Django's WSGI handler, driven with raw messages."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest

from tests.serving.asking import HANGING_UP, Heard, a_part, a_request, ask
from voltsafe import http_pool
from voltsafe.http_pool import HttpPool, environ_of


class Response(list[bytes]):
    """A WSGI response that knows whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


class Handler:
    """Keeps what it was asked; answers what it is told to."""

    def __init__(self) -> None:
        self.environs: list[dict[str, Any]] = []
        self.response = Response([b"hello ", b"there"])
        self.status = "200 OK"
        self.headers = [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Response:
        self.environs.append(environ)
        start_response(self.status, self.headers)
        return self.response


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def pool_of() -> Iterator[Callable[..., HttpPool]]:
    pools: list[HttpPool] = []

    def make(handler: Any, *, threads: int = 2, waiting: int = 4, **more: float) -> HttpPool:
        pools.append(HttpPool(handler, threads=threads, waiting=waiting, **more))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


async def answered(application: Any, *args: Any) -> Heard:
    heard = await ask(application, *args)
    assert heard is not None
    return heard


async def test_answers_with_what_the_handler_said(handler: Handler, pool_of: Any) -> None:
    heard = await answered(pool_of(handler), a_request())

    assert (heard.status, heard.body) == (200, b"hello there")
    assert [value for name, value in heard.headers if name == b"set-cookie"] == [b"a=1", b"b=2"]
    assert heard.header("content-length") == "11"


async def test_closes_the_response_so_that_django_ends_the_request(handler: Handler, pool_of: Any) -> None:
    await answered(pool_of(handler), a_request())

    assert handler.response.closed


async def test_closes_the_response_that_broke_in_the_middle(handler: Handler, pool_of: Any) -> None:
    class Broken(Response):
        def __iter__(self) -> Iterator[bytes]:
            yield b"half"
            raise RuntimeError

    handler.response = Broken()
    heard = await answered(pool_of(handler), a_request())

    assert heard.status == 500
    assert handler.response.closed


async def test_an_exception_becomes_a_plain_500_and_is_logged(pool_of: Any, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_environ: Any, _start: Any) -> Any:
        raise ZeroDivisionError("in the handler")

    heard = await answered(pool_of(broken), a_request(b"/page"))

    assert (heard.status, heard.body) == (500, b"Server error\n")
    assert caplog.record_tuples == [("voltsafe.http_pool", logging.ERROR, "GET failed")]
    assert "in the handler" in caplog.text


async def test_head_has_the_headers_and_no_body(handler: Handler, pool_of: Any) -> None:
    handler.headers = [("Content-Length", "11")]
    heard = await answered(pool_of(handler), a_request(method="HEAD"))

    assert heard.body == b""
    assert heard.header("content-length") == "11"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_says_no_length_where_there_can_be_no_body(handler: Handler, pool_of: Any, status: str) -> None:
    handler.status, handler.response = status, Response()

    assert not (await answered(pool_of(handler), a_request())).has("content-length")


async def test_a_length_of_nothing_is_not_said_where_there_is_no_content(handler: Handler, pool_of: Any) -> None:
    """RFC 9110 §8.6; Django's middleware says 0."""
    handler.status, handler.response, handler.headers = "204 No Content", Response(), [("Content-Length", "0")]

    assert not (await answered(pool_of(handler), a_request())).has("content-length")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "get", "BREW"])
async def test_a_method_that_nobody_knows_is_refused_before_anybody_is_asked(
    handler: Handler, pool_of: Any, method: str
) -> None:
    heard = await answered(pool_of(handler), a_request(method=method))

    assert heard.status == 405
    assert heard.header("allow") == ", ".join(http_pool.METHODS)
    assert json.loads(heard.body)["code"] == "method_not_allowed"
    assert handler.environs == []


async def test_reads_a_body_that_comes_in_parts(handler: Handler, pool_of: Any) -> None:
    parts = a_part(b"one ", more=True), a_part(b"two ", more=True), a_part(b"three")
    await answered(pool_of(handler), a_request(method="POST"), *parts)

    environ = handler.environs[0]
    assert environ["wsgi.input"].read() == b"one two three"
    assert environ["CONTENT_LENGTH"] == "13"


async def test_stops_reading_at_the_limit(handler: Handler, pool_of: Any) -> None:
    half = bytes(http_pool.MOST_BYTES // 2)
    longer = a_part(half, more=True), a_part(half, more=True), a_part(b"x", more=True)
    # Nothing comes after the part that is too much: a reader that wanted more would wait for ever.
    heard = await asyncio.wait_for(answered(pool_of(handler), a_request(method="POST"), *longer), 20)

    assert heard.status == 413
    assert heard.header("content-type") == "application/problem+json"
    assert json.loads(heard.body)["code"] == "body_too_large"
    assert handler.environs == []


async def test_takes_a_body_as_long_as_the_limit(handler: Handler, pool_of: Any) -> None:
    whole = a_part(bytes(http_pool.MOST_BYTES))

    assert (await answered(pool_of(handler), a_request(method="POST"), whole)).status == 200


async def test_asks_nobody_for_a_client_that_left_before_its_body(handler: Handler, pool_of: Any) -> None:
    heard = await ask(pool_of(handler), a_request(method="POST"), a_part(b"half", more=True), HANGING_UP)

    assert heard is None
    assert handler.environs == []


class Slow:
    """A handler that says when it has begun and answers when it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.paths: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Response:
        self.paths.append(environ["PATH_INFO"])
        self.begun.release()
        assert self.let_go.wait(30)
        start_response("200 OK", [])
        return Response([b"late"])


async def test_one_too_many_is_told_to_come_back(pool_of: Any) -> None:
    slow = Slow()
    pool = pool_of(slow, threads=1, waiting=1)
    running = asyncio.ensure_future(answered(pool, a_request(b"/first")))
    await asyncio.to_thread(slow.begun.acquire)
    waiting = asyncio.ensure_future(answered(pool, a_request(b"/second")))
    await asyncio.sleep(0)
    refused = await answered(pool, a_request(b"/third"))
    slow.let_go.set()

    assert (await running).body == (await waiting).body == b"late"
    assert (refused.status, refused.header("retry-after")) == (503, "1")
    assert json.loads(refused.body)["code"] == "busy"
    assert slow.paths == ["/first", "/second"]
    assert (await answered(pool, a_request(b"/fourth"))).status == 200


async def test_one_that_no_thread_takes_in_time_is_told_so_and_never_begun(pool_of: Any) -> None:
    slow = Slow()
    pool = pool_of(slow, threads=1, patience=0.05)
    running = asyncio.ensure_future(answered(pool, a_request(b"/first")))
    await asyncio.to_thread(slow.begun.acquire)
    waiting = asyncio.ensure_future(answered(pool, a_request(b"/second")))
    await asyncio.sleep(0.1)
    slow.let_go.set()
    refused = await waiting

    assert (refused.status, refused.header("retry-after")) == (503, "1")
    assert (await running).body == b"late"
    assert (await answered(pool, a_request(b"/third"))).status == 200
    assert slow.paths == ["/first", "/third"]


async def test_a_client_that_leaves_the_queue_is_not_served(pool_of: Any) -> None:
    slow = Slow()
    pool = pool_of(slow, threads=1)
    running = asyncio.ensure_future(answered(pool, a_request(b"/first")))
    await asyncio.to_thread(slow.begun.acquire)
    left = await ask(pool, a_request(b"/second"), a_part(), HANGING_UP)
    slow.let_go.set()
    await running

    assert left is None
    assert (await answered(pool, a_request(b"/third"))).status == 200
    assert slow.paths == ["/first", "/third"]


def test_headers_become_the_environ_django_expects() -> None:
    headers = [
        (b"content-type", b"text/plain"),
        (b"x-twice", b"one"),
        (b"cookie", b"a=1"),
        (b"x-twice", b"two"),
        (b"cookie", b"b=2"),
        (b"x-latin", b"caf\xe9"),
    ]
    environ = environ_of(a_request(headers=headers), b"")

    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_X_TWICE"] == "one,two"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_LATIN"] == "caf\xe9"
    assert environ["REMOTE_ADDR"] == "192.0.2.7"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert "CONTENT_LENGTH" not in environ
    assert "wsgi.file_wrapper" not in environ


def test_a_header_with_an_underscore_cannot_forge_one_with_a_dash() -> None:
    forged = [(b"x-forwarded-for", b"192.0.2.7"), (b"x_forwarded_for", b"127.0.0.1")]

    assert environ_of(a_request(headers=forged), b"")["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"


def test_the_length_is_what_arrived_and_not_what_was_announced() -> None:
    announced = a_request(method="POST", headers=[(b"content-length", b"999")])

    assert environ_of(announced, b"abc")["CONTENT_LENGTH"] == "3"


def test_two_hosts_are_none() -> None:
    environ = environ_of(a_request(headers=[(b"host", b"evil.example")]), b"")

    assert environ["HTTP_HOST"] == "testserver,evil.example"


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/caf%C3%A9", "/caf\xe9"),
        (b"/a%2Fb", "/a/b"),
        (b"/100%25", "/100%"),
        (b"/bad%FFbyte", "/bad%FFbyte"),
        (b"/half%C3", "/half%C3"),
        (b"/%", "/%"),
        (b"", "/"),
    ],
)
def test_paths_arrive_as_django_reads_them(raw: bytes, path: str) -> None:
    assert WSGIRequest(environ_of(a_request(raw), b"")).path_info == path


def test_a_server_without_raw_paths_will_do() -> None:
    scope = a_request()
    del scope["raw_path"]

    assert WSGIRequest(environ_of(scope | {"path": "/caf\xe9"}, b"")).path_info == "/caf\xe9"


def test_the_root_path_is_the_script_name() -> None:
    environ = environ_of(a_request(b"/power/page", root_path="/power"), b"")

    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/power", "/page")
