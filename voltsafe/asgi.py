"""The one ASGI application: HTTP to the pool of threads, websockets to the live consumers."""

import asyncio
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voltsafe.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import re_path  # noqa: E402

from appliances import events  # noqa: E402
from appliances.live.routing import websocket_urlpatterns  # noqa: E402
from voltsafe.handshakes import Handshakes  # noqa: E402
from voltsafe.headers import WithHeaders  # noqa: E402
from voltsafe.observing import Handler, ObservedSockets  # noqa: E402
from voltsafe.origins import OnlyOurOrigins, refuse  # noqa: E402
from voltsafe.proxies import BehindProxies  # noqa: E402
from voltsafe.together import TogetherPool  # noqa: E402

http = TogetherPool(Handler(), threads=settings.HTTP_THREADS)
_sockets = URLRouter([*websocket_urlpatterns, re_path("", refuse)])  # type: ignore[arg-type]
_handshakes = ObservedSockets(Handshakes(OnlyOurOrigins(_sockets)))
_router = ProtocolTypeRouter({"http": WithHeaders(http), "websocket": _handshakes})
_edge = BehindProxies(_router, settings.TRUSTED_PROXIES)
_loop: asyncio.AbstractEventLoop | None = None


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    global _loop  # noqa: PLW0603
    loop = asyncio.get_running_loop()
    if loop is not _loop:
        # What a request publishes is handed to the loop that serves the sockets.
        _loop = loop
        events.serve_on(loop)
    # We are never served under a sub-path; Daphne would take one from a header of the client's.
    scope["root_path"] = ""
    await _edge(scope, receive, send)
