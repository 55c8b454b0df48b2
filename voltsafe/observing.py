"""What a monitor and the log learn of every request and every socket, around everything else that serves them.

Measured on the loop, from the arrival to the end of the answer, so that waiting for a thread counts; the thread tells
by which route and for whom. Neither paths nor headers are looked at, but for X-Request-ID.
"""

import re
from collections.abc import Awaitable, Callable
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
from voltsafe.http_pool import METHODS

Application = Callable[..., Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

REQUEST_ID = b"x-request-id"
WELL_FORMED = re.compile(rb"[A-Za-z0-9-]{8,64}")
"""Without the underscore that every secret of ours has: one that got in here by mistake is no id."""

LEFT = 499
"""Stands for the status where the client hung up before it was answered, as nginx has it."""

MONITORING = {"healthz", "readyz", "metrics"}
KINDS = (("/ws/homes/", "html"), ("/ws/api/", "json"), ("/ws/wall/", "wall"))
CODES = {
    *(1000, 1001, 1005, 1006, 1009, 1011, 1012),
    *(visitor.SIGNED_OUT, visitor.NOT_YOURS, visitor.COME_AGAIN, visitor.TOO_MANY),
}


class Observed:
    """An ASGI application around another."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _request(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        began = perf_counter()
        seen = scope[SEEN] = Seen(_id_of(scope["headers"]))
        status, size = LEFT, 0

        async def noting(message: dict[str, Any]) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (REQUEST_ID, seen.id.encode())]}
            else:
                size += len(message.get("body", b""))
            await send(message)

        figures.requests_held.add()
        try:
            await self._application(scope, receive, noting)
        finally:
            seconds = perf_counter() - began
            method = scope["method"] if scope["method"] in METHODS else "other"
            door = seen.door or "other"
            figures.requests_held.add(by=-1)
            figures.requests.add(door, method, str(status))
            figures.request_time.observe(seconds, door)
            lines.answered(seen, method=method, status=status, seconds=seconds, size=size)

    async def _socket(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
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


def _id_of(headers: Headers) -> str:
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
            return super().get_response(request)
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
