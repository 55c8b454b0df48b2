"""A monitor finds each of several processes by its address, which is none of the names that we answer to.

Prometheus sends that address as `Host` and cannot be told another. So for /metrics, and only where a token comes
along, it does not matter by which name we were called: nothing in that answer is made from it, and no cookie counts.
"""

from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[..., Awaitable[None]]

PATH = "/metrics"
OURS = b"localhost"
"""Always among those that we answer to."""


class ScrapedByAddress:
    """An ASGI application around another."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and _has_token(scope["headers"]):
            others = [one for one in scope["headers"] if one[0] not in {b"host", b"cookie"}]
            scope = {**scope, "headers": [*others, (b"host", OURS)]}
        await self._application(scope, receive, send)


def _has_token(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name == b"authorization" and value[:7].lower() == b"bearer " for name, value in headers)
