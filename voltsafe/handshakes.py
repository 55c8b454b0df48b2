"""How many sockets may be opened: by one address in a minute, by one that fails, and by everybody together.

Counted before anything is read from the database; how many one person may have open is known later (live.crowd).
"""

import logging
import math
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings

from appliances.live.visitor import NOT_YOURS, SIGNED_OUT
from appliances.services import throttle
from voltsafe.buckets import Buckets

log = logging.getLogger(__name__)

Application = Callable[..., Awaitable[None]]
DENIAL = "websocket.http.response"
FULL_FOR = 10
"""Seconds to wait where there is no room for anybody."""


class Handshakes:
    """An ASGI application for websockets that lets only so many through to the one it is around."""

    def __init__(self, application: Application, clock: Callable[[], float] = time.monotonic) -> None:
        self._application = application
        self._clock = clock
        self._open = 0
        self._made = Buckets(settings.HANDSHAKES_A_MINUTE)
        self._failed = Buckets(settings.FAILED_HANDSHAKES_A_MINUTE)
        # One line of the log a minute and address tells it all.
        self._told = Buckets(1)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        where, now = throttle.place((scope.get("client") or ("",))[0]), self._clock()
        if self._failed.is_empty(where, now):
            await self._too_many(scope, send, where, self._failed)
        elif not self._made.take(where, now):
            await self._too_many(scope, send, where, self._made)
        elif self._open >= settings.SOCKETS:
            await deny(scope, send, HTTPStatus.SERVICE_UNAVAILABLE, FULL_FOR)
        else:
            await self._through(scope, receive, send, where)

    async def _through(self, scope: dict[str, Any], receive: Any, send: Any, where: str) -> None:
        answered = False

        async def noting(message: dict[str, Any]) -> None:
            nonlocal answered
            if not answered and _is_failure(message):
                self._failed.take(where, self._clock())
            # Once it has been told something it was let in; being shown out later is no failure.
            answered = answered or message["type"] != "websocket.accept"
            await send(message)

        self._open += 1
        try:
            await self._application(scope, receive, noting)
        finally:
            self._open -= 1

    async def _too_many(self, scope: dict[str, Any], send: Any, where: str, buckets: Buckets) -> None:
        now = self._clock()
        if self._told.take(where, now):
            log.warning("Sockets from %s are refused for now: too many handshakes.", where)
        wait = buckets.seconds_until_next(where, now)
        await deny(scope, send, HTTPStatus.TOO_MANY_REQUESTS, max(1, math.ceil(wait)))


def _is_failure(message: dict[str, Any]) -> bool:
    """Refused before it was open (403), or closed at once because nobody is signed in or it is not theirs."""
    return message["type"] == "websocket.close" and message.get("code") in {SIGNED_OUT, NOT_YOURS}


async def deny(scope: dict[str, Any], send: Any, status: HTTPStatus, seconds: int) -> None:
    """Before it is open: with a status of HTTP where the server can, else as any refusal."""
    if DENIAL not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": NOT_YOURS})
        return
    headers = [(b"retry-after", str(seconds).encode()), (b"content-length", b"0")]
    await send({"type": f"{DENIAL}.start", "status": status.value, "headers": headers})
    await send({"type": f"{DENIAL}.body", "body": b""})
