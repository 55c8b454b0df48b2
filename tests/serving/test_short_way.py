"""Daphne's requests on the short way: what goes over the wire, and that nothing of them stays behind."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from daphne.http_protocol import HTTPFactory
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport

from voltsafe.http_pool import Answer, HttpPool, Job, Scope
from voltsafe.serving import BoundedRequest
from voltsafe.short_way import ShortWay, Wake

OK: Answer = (200, [(b"content-type", b"text/plain"), (b"content-length", b"2")], b"ok")


class Pool:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.dropped: list[Job] = []

    def answer_to(self, scope: Scope, body: bytes, done: Any) -> Job:
        self.jobs.append(Job(scope, body, done))
        return self.jobs[-1]

    def drop(self, job: Job) -> None:
        self.dropped.append(job)


class Line:
    """One client's connection to a server that has `pool`."""

    def __init__(self, pool: Any) -> None:
        self.server = SimpleNamespace(connections={}, server_name="", ws_factory=None)
        self.server.protocol_connected = lambda one: self.server.connections.setdefault(one, {})
        self.server.protocol_disconnected = lambda _one: None
        factory = HTTPFactory(self.server)
        factory.log = lambda _request: None
        self.protocol = factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 50000))
        way = ShortWay(pool, [], asyncio.get_running_loop())
        self.protocol.requestFactory = partial(BoundedRequest, way, parsePOSTFormSubmission=False)
        self.transport = StringTransport(peerAddress=IPv4Address("TCP", "127.0.0.1", 50000))
        self.protocol.makeConnection(self.transport)

    def say(self, *lines: bytes, body: bytes = b"") -> None:
        self.protocol.dataReceived(b"\r\n".join([*lines, b"Host: localhost", b"", body]))

    def heard(self) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """The first line, the headers by their names in small letters, and the body."""
        head, _, body = self.transport.value().partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        return first, {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}, body


async def answered(line: Line, pool: Pool, answer: Answer = OK) -> tuple[bytes, dict[bytes, bytes], bytes]:
    pool.jobs.pop().done(answer)
    await asyncio.sleep(0)
    return line.heard()


class Body(list[bytes]):
    def close(self) -> None:
        return


@pytest.fixture
def without_searches() -> Iterator[None]:
    """What is garbage only a search can find, stays."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def test_an_answer_goes_out_whole_with_every_header_of_ours() -> None:
    pool = Pool()
    line = Line(pool)
    line.say(b"POST /here?a=1 HTTP/1.1", b"Content-Length: 4", body=b"what")
    scope, body = pool.jobs[0].scope, pool.jobs[0].body
    first, headers, text = await answered(line, pool)

    assert (scope["method"], scope["path"], scope["query_string"], body) == ("POST", "/here", b"a=1", b"what")
    assert (first, text) == (b"HTTP/1.1 200 OK", b"ok")
    assert headers[b"content-length"] == b"2"
    assert headers[b"x-frame-options"] == b"DENY"


async def test_the_connection_stays_open_for_the_next_one() -> None:
    pool = Pool()
    line = Line(pool)
    for _ in range(2):
        line.say(b"GET / HTTP/1.1")
        await answered(line, pool)

    assert line.transport.value().count(b"HTTP/1.1 200 OK") == 2
    assert not line.transport.disconnecting


@pytest.mark.parametrize(
    "lines", [[b"GET / HTTP/1.0"], [b"GET / HTTP/1.1", b"Connection: close"]], ids=["1.0", "close"]
)
async def test_who_wants_but_one_answer_is_hung_up_on(lines: list[bytes]) -> None:
    pool = Pool()
    line = Line(pool)
    line.say(*lines)
    _first, _headers, text = await answered(line, pool)

    assert text == b"ok"
    assert line.transport.disconnecting


async def test_a_line_break_in_a_value_begins_no_header() -> None:
    pool = Pool()
    line = Line(pool)
    line.say(b"GET / HTTP/1.1")
    _first, headers, _text = await answered(line, pool, (200, [(b"location", b"/a\r\nset-cookie: b=c")], b""))

    assert headers[b"location"] == b"/a set-cookie: b=c"
    assert b"set-cookie" not in headers


async def test_who_hangs_up_is_dropped_and_an_answer_that_comes_yet_goes_nowhere() -> None:
    pool = Pool()
    line = Line(pool)
    line.say(b"GET / HTTP/1.1")
    line.protocol.connectionLost(None)
    assert pool.dropped == pool.jobs

    assert await answered(line, pool) == (b"", {}, b"")
    assert line.server.connections == {}


@pytest.mark.usefixtures("without_searches")
async def test_nothing_of_a_request_stays_behind() -> None:
    pool = Pool()
    line = Line(pool)
    line.say(b"GET / HTTP/1.1")
    [request] = map(weakref.ref, line.server.connections)
    await answered(line, pool)

    assert request() is None


@pytest.mark.usefixtures("without_searches")
async def test_nor_of_one_that_a_thread_has_answered() -> None:
    def handler(_environ: Any, start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [])
        return Body()

    pool = HttpPool(handler, threads=1)
    line = Line(pool)
    line.say(b"GET / HTTP/1.1")
    [request] = map(weakref.ref, line.server.connections)
    while not line.transport.value():
        await asyncio.sleep(0.01)
    pool.close()

    assert request() is None


async def test_an_answer_that_cannot_be_handed_over_keeps_none_behind_it() -> None:
    told: list[int] = []
    wake = Wake(asyncio.get_running_loop())
    for call in (lambda: 1 // 0, lambda: told.append(1)):
        wake.call(call)  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert told == [1]

    wake.call(lambda: told.append(2))
    await asyncio.sleep(0)
    assert told == [1, 2]
