"""Who may open a socket: the right host, and a page of ours (scheme, host and port) or a client that is no browser.

Browsers let any page open a socket to us and send our cookies along; the origin is what tells ours from theirs.
Channels' own validator compares the host alone, so that another application on another port would be taken for us,
and Django's check of the Host header does not run for sockets.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from voltsafe.addresses import DEFAULT_PORTS

Application = Callable[..., Awaitable[None]]
Origin = tuple[str, str, int | None]


class OnlyOurOrigins:
    """An ASGI application for websockets that refuses the handshake (403) unless it may be made."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if may_open(scope["headers"]):
            await self.application(scope, receive, send)
        else:
            await refuse(scope, receive, send)


async def refuse(_scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Close before accepting, which the client sees as 403."""
    await send({"type": "websocket.close", "code": 4403})


def may_open(headers: list[tuple[bytes, bytes]]) -> bool:
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    if len(hosts) != 1 or not validate_host(split_domain_port(hosts[0])[0], settings.ALLOWED_HOSTS):
        return False
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    if not origins:
        # A browser always says where the page is from and cannot be made to send this header by a page.
        return any(name == b"authorization" for name, _value in headers)
    ours = {origin_of(text) for text in settings.ALLOWED_ORIGINS}
    return len(origins) == 1 and (given := origin_of(origins[0])) is not None and given in ours


def origin_of(text: str) -> Origin | None:
    """Scheme, host and port, the port said or not; None where it is no origin (`null`, a path, nonsense)."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    if parts.path or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]
