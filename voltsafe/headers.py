"""What every answer tells the browser to hold to, whoever made the answer: a page, the pool of threads, the server.

Django's middleware has the first word, since a page knows its own policy best; what it left out is put in here.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from django.conf import settings

Headers = Sequence[tuple[bytes, bytes]]
Application = Callable[..., Awaitable[None]]

NOT_OURS = [
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope", "hid"),
    *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    *("serial", "usb", "xr-spatial-tracking"),
]
OURS = ["fullscreen", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock"]
"""Passkeys, and a screen on a wall that fills itself and stays awake."""

MISSING: dict[bytes, bytes] = {
    # Of what is no page of ours nothing is run, shown in a frame, or sent from.
    b"content-security-policy": b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    b"object-src 'none'",
    b"permissions-policy": ", ".join(
        [*(f"{name}=()" for name in NOT_OURS), *(f"{name}=(self)" for name in OURS)]
    ).encode(),
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    # Everything but static files is somebody's; the API says `private, no-cache` where it has an entity tag.
    b"cache-control": b"no-store",
}

_MISSING = tuple(MISSING.items())


class WithHeaders:
    """An ASGI application around another that completes the headers of its answers."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def completing(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told = completed(message.get("headers", []), scheme=scope["scheme"])
                message = {**message, "headers": told}
            await send(message)

        await self._application(scope, receive, completing if scope["type"] == "http" else send)


def completed(headers: Headers, *, scheme: str) -> list[tuple[bytes, bytes]]:
    told = {name.lower() for name, _value in headers}
    found = [*headers, *[one for one in _MISSING if one[0] not in told]]
    if scheme == "https" and settings.SECURE_HSTS_SECONDS and b"strict-transport-security" not in told:
        found.append((b"strict-transport-security", f"max-age={settings.SECURE_HSTS_SECONDS}".encode()))
    return found
