"""From Daphne's parser to the pool of threads and back, without a task, a queue and five coroutines for each request.

By the time Daphne has a request it has all of it, and nothing here streams, so what ASGI adds between the two says
nothing new; it was a fifth of what a request cost. Other servers go the long way (voltsafe.asgi), to the same answers:
whose word is taken for the client's address, and the headers of an answer, are the same functions.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from daphne.http_protocol import WebRequest
from daphne.utils import HEADER_NAME_RE, INVALID_HEADER_VALUE_BYTES

from appliances.gathering import Gathering
from voltsafe import proxies, writing
from voltsafe.env import Network
from voltsafe.headers import completed
from voltsafe.http_pool import Answer, HttpPool, Job

log = logging.getLogger(__name__)

MOST_CALLS = 64


class Wake:
    """Calls by other threads, made on the loop, which is woken once for many."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._calls: Gathering[Callable[[], None]] = Gathering()

    def call(self, this: Callable[[], None]) -> None:
        if self._calls.put(this):
            with suppress(RuntimeError):  # the loop has ended, and everybody with it
                self._loop.call_soon_threadsafe(self._make)

    def _make(self) -> None:
        while calls := self._calls.take(MOST_CALLS):
            for this in calls:
                try:
                    this()
                except Exception:  # whatever it is, those behind are not to wait for ever
                    log.exception("An answer could not be handed over")


class ShortWay:
    """For all requests of one server."""

    def __init__(self, pool: HttpPool, trusted: Sequence[Network], loop: asyncio.AbstractEventLoop) -> None:
        self.pool, self.trusted, self.loop = pool, trusted, loop
        self._wake = Wake(loop)

    def answered(self, request: "DirectRequest", scheme: str, answer: Answer) -> None:
        """In the thread that has it."""
        self._wake.call(partial(request.answer, scheme, answer))


class DirectRequest(WebRequest):  # type: ignore[misc]
    """One that is a websocket's handshake goes Daphne's way."""

    job: Job | None = None
    path: bytes

    def __init__(self, way: ShortWay, *args: Any, **kwargs: Any) -> None:
        self.way = way
        super().__init__(*args, **kwargs)

    def process(self) -> Any:
        if self.requestHeaders.hasHeader(b"upgrade"):
            return super().process()
        scope, why_not = self._read()
        if why_not:
            self.basic_error(HTTPStatus.BAD_REQUEST, b"Bad Request", why_not)
            return None
        scope = proxies.as_seen(scope, self.way.trusted)
        # Daphne asks it whether the request is still under way.
        self.server.connections[self]["application_instance"] = self.way.loop.create_future()
        answered = partial(self.way.answered, self, scope["scheme"])
        self.job = self.way.pool.answer_to(scope, self.content.read(), answered)
        return None

    def finish(self) -> None:
        super().finish()
        self._forget()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        """Who has hung up before it was begun wants nothing any more."""
        if self.job is not None:
            self.way.pool.drop(self.job)
        super().connectionLost(reason)
        self._forget()

    def _forget(self) -> None:
        """At once: Daphne keeps what is over for another second, and a thousand of them are lasting garbage by then."""
        self.job = None
        under_way = self.server.connections.pop(self, {}).get("application_instance")
        if under_way is not None and not under_way.done():
            under_way.set_result(None)

    def _read(self) -> tuple[dict[str, Any], str]:
        """The request as ASGI has it; or why it is none, in Daphne's words."""
        headers: list[tuple[bytes, bytes]] = []
        for name, values in self.requestHeaders.getAllRawHeaders():
            if not HEADER_NAME_RE.fullmatch(name):
                return {}, "Invalid header name"
            for value in values:
                if not INVALID_HEADER_VALUE_BYTES.isdisjoint(value):
                    return {}, "Invalid header value"
                headers.append((name.lower(), value))
        if not self.path.isascii():
            self.path = b"/"
            return {}, "Invalid characters in path"
        query = self.uri.partition(b"?")[2]
        if not query.isascii():
            return {}, "Invalid query string"
        self.client_addr = [str(self.client.host), self.client.port]
        scope = {
            "type": "http",
            "http_version": self.clientproto.rpartition(b"/")[2].decode("ascii"),
            "method": self.method.decode("ascii"),
            "path": unquote(self.path.decode("ascii")),
            "raw_path": self.path,
            "root_path": "",
            "scheme": "https" if self.isSecure() else "http",
            "query_string": query,
            "headers": headers,
            "client": self.client_addr,
            "server": [str(self.host.host), self.host.port],
        }
        return scope, ""

    def answer(self, scheme: str, answer: Answer) -> None:
        """On the loop, in one piece: Daphne and Twisted take the headers one by one, each through several hands."""
        if self.finished or self.channel is None:
            return
        status, headers, body = answer
        self._response_started, self.startedWriting = True, 1
        self.setResponseCode(status)
        lines = [b"%s %d %s" % (self.clientproto, status, self.code_message)]
        # The channel's own: whether it stays open.
        lines += [name + b": " + value for name, values in self.responseHeaders.getAllRawHeaders() for value in values]
        lines += [_spelled(name) + _in_one_line(value) for name, value in completed(headers, scheme=scheme)]
        writing.write(self.channel.transport, b"\r\n".join([*lines, b"", body]))
        self.finish()


@lru_cache(maxsize=128)
def _spelled(name: bytes) -> bytes:
    """As people read it and simple clients look for it: ETag is Etag then, which is the same."""
    return name.title() + b": "


def _in_one_line(value: bytes) -> bytes:
    """What comes after a line break would be a header of somebody else's."""
    return value if b"\n" not in value and b"\r" not in value else b" ".join(value.split())
