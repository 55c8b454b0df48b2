"""What a monitor and the log learn of every request and every socket on their way through.

A request is measured from when it is there whole to when its answer is, so that waiting for a thread counts. Neither
paths nor headers are looked at, but for X-Request-ID.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from random import getrandbits
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from appliances.live import visitor
from appliances.telemetry import figures, lines
from appliances.telemetry.lines import SEEN, Seen
from voltsafe import scraping
from voltsafe.http_pool import METHODS, MOST_WAITING, Answer, Done, Headers, HttpPool, Job, Scope

Application = Callable[..., Awaitable[None]]

REQUEST_ID = b"x-request-id"
WELL_FORMED = re.compile(rb"[A-Za-z0-9-]{8,64}")
"""Without the underscore that every secret of ours has: one that got in here by mistake is no id."""

LEFT = 499
"""Stands for the status where the client hung up while it waited for a thread, as nginx has it."""

MONITORING = {"healthz", "readyz", "metrics"}
KINDS = (("/ws/homes/", "html"), ("/ws/api/", "json"), ("/ws/wall/", "wall"))
CODES = {
    *(1000, 1001, 1005, 1006, 1009, 1011, 1012),
    *(visitor.SIGNED_OUT, visitor.NOT_YOURS, visitor.COME_AGAIN, visitor.TOO_MANY),
}


class ObservedPool(HttpPool):
    """The pool of threads, where both ways to it meet (ASGI's, and voltsafe.short_way)."""

    def __init__(self, handler: Any, *, threads: int, waiting: int = MOST_WAITING) -> None:
        super().__init__(handler, threads=threads, waiting=waiting)
        figures.requests_held.take = lambda: self._held

    def answer_to(self, scope: Scope, body: bytes, done: Done) -> Job:
        seen = Seen(_id_of(scope["headers"]), method=scope["method"], began=perf_counter())
        return self._take_in(Job({**scraping.under_our_name(scope), SEEN: seen}, body, done, seen=seen))

    def drop(self, job: Job) -> bool:
        if not super().drop(job):
            return False
        _count(job.seen, LEFT, 0)
        return True

    def _give(self, job: Job, answer: Answer) -> None:
        super()._give(job, _noted(job.seen, *answer))


def _noted(seen: Seen, status: int, headers: Headers, body: bytes) -> Answer:
    """The answer with the id of its request."""
    _count(seen, status, len(body))
    return status, [*headers, (REQUEST_ID, seen.id.encode())], body


def _count(seen: Seen, status: int, size: int) -> None:
    seconds = perf_counter() - seen.began
    door = seen.door or "other"
    method = seen.method if seen.method in METHODS else "other"
    figures.requests.add(door, method, str(status))
    figures.request_time.observe(seconds, door)
    lines.answered(seen, method=method, status=status, seconds=seconds, size=size)


class ObservedSockets:
    """An ASGI application for websockets around another."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen = scope[SEEN] = Seen(_id_of(scope["headers"]))
        kind = next((kind for start, kind in KINDS if scope["path"].startswith(start)), "other")
        opened, code = 0.0, ""

        async def noting(message: dict[str, Any]) -> None:
            nonlocal opened, code
            if message["type"] == "websocket.accept":
                opened = perf_counter()
                figures.sockets.add(kind)
                figures.sockets_opened.add(kind)
            elif message["type"] == "websocket.close":
                code = code or _code(message.get("code", 1000))
            await send(message)

        async def hearing() -> dict[str, Any]:
            nonlocal code
            message: dict[str, Any] = await receive()
            if message["type"] == "websocket.disconnect":
                code = code or _code(message.get("code", 1005))
            return message

        try:
            await self._application(scope, hearing, noting)
        finally:
            if opened:
                figures.sockets.add(kind, by=-1)
            code = (code or "lost") if opened else "refused"
            figures.sockets_closed.add(kind, code)
            lines.closed(seen, kind=kind, code=code, seconds=perf_counter() - opened if opened else 0.0)


def _id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The one the client gave, where it is one; whatever else it said there is not repeated."""
    for name, value in headers:
        if name == REQUEST_ID and WELL_FORMED.fullmatch(value):
            return value.decode()
    # It names, it opens nothing; the system's own randomness is a call into the kernel.
    return f"{getrandbits(64):016x}"


def _code(code: int | None) -> str:
    """A client may send any from 3000 up."""
    return str(code) if code in CODES else "other"


class Handler(WSGIHandler):
    """Django's, which also tells by which route and for whom it answered."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        seen: Seen | None = request.environ.get(SEEN)  # type: ignore[attr-defined]
        if seen is None:
            return super().get_response(request)
        given = lines.request_id.set(seen.id)
        try:
            response = super().get_response(request)
            # The lazy ones among its attributes hold on to it, so that it would be garbage only a search can find.
            response._resource_closers.append(request.__dict__.clear)  # type: ignore[attr-defined]
            return response
        finally:
            lines.request_id.reset(given)
            seen.route, seen.door = _route_of(request)
            seen.user = _user_of(request)


def _route_of(request: HttpRequest) -> tuple[str, str]:
    """The name of the address, never the address itself, which may hold a link's secret; and the door it is at."""
    match = request.resolver_match
    if match is None:
        return "", "static" if request.path_info.startswith(settings.STATIC_URL) else "other"
    name = match.view_name
    first, colon, _rest = name.partition(":")
    if colon and first in {"api", "admin"}:
        return name, first
    return name, "monitor" if name in MONITORING else "page"


def _user_of(request: HttpRequest) -> int | None:
    """Whoever was looked up on the way; nobody is looked up for this."""
    asker = getattr(request, "auth", None)
    user = getattr(asker, "user", None) or getattr(request, "_cached_user", None)
    pk: int | None = getattr(user, "pk", None)
    return pk
