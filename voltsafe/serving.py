"""Daphne in this process, with the limits we want of it."""

import asyncio
import gc
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from appliances import events
from appliances.live import consumers
from voltsafe import asgi, writing
from voltsafe.handshakes import DENIAL
from voltsafe.headers import completed
from voltsafe.http_pool import MOST_BYTES
from voltsafe.short_way import DirectRequest, ShortWay


class BoundedRequest(DirectRequest):
    """Daphne reads a body whole, however long, before it asks anyone; this one hangs up when it is too long."""

    received = 0
    is_refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        self._hang_up_beyond(length or 0)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self.received += len(data)
        if not self._hang_up_beyond(self.received):
            super().handleContentChunk(data)

    def _hang_up_beyond(self, length: int) -> bool:
        if length <= MOST_BYTES:
            return False
        if self.is_refused:
            self.channel.transport.abortConnection()
        else:
            self.is_refused = True
            self.channel.transport.write(_bare(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, []))
            self.channel.loseConnection()
        return True

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """The server's own errors, as bare as ours and under the same headers."""
        plain = [(b"content-type", b"text/plain; charset=utf-8")]
        told = completed(plain, scheme="http")
        self.handle_reply({"type": "http.response.start", "status": status, "headers": told})
        self.handle_reply({"type": "http.response.body", "body": f"{body}\n".encode()})


class LongSpeaking(WebSocketProtocol):  # type: ignore[misc]
    """The limit on what a socket may say to us is, in the library, also one on what we may say: 16 KiB.

    The frame of a whole home is longer, and was dropped with a line in a log nobody reads.
    """

    maxMessagePayloadSize: int  # noqa: N815
    denial: tuple[int, list[tuple[bytes, bytes]]] | None = None
    last_said: tuple[str, Any] = ("", None)
    """By any socket of this process: what a home's watchers are told is the same for most of them."""

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802, FBT001, FBT002
        """What many are told in a row is made into a frame once."""
        if binary or self.state != self.STATE_OPEN:
            super().serverSend(content, binary)
            return
        text, frame = LongSpeaking.last_said
        if text is not content:
            frame = self.factory.prepareMessage(content.encode())
            LongSpeaking.last_said = (content, frame)
        if self.send_queue:
            self.sendPreparedMessage(frame)
        else:
            writing.write(self.transport, frame.payloadHybi)

    def say(self, text: str) -> None:
        """Without the tasks and looks on ASGI's way; who is gone hears nothing, as there."""
        if self.state == self.STATE_OPEN:
            self.serverSend(text)

    def sendMessage(self, payload: bytes, *args: Any, **kwargs: Any) -> None:  # noqa: N802
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(payload, *args, **kwargs)
        finally:
            self.maxMessagePayloadSize = limit

    def handle_reply(self, message: dict[str, Any]) -> None:
        """As the library, which knows one way of refusing, and with any status (ASGI's `websocket.http.response`)."""
        if message["type"] == f"{DENIAL}.start":
            self.denial = message["status"], message["headers"]
            self.serverReject()
        elif message["type"] != f"{DENIAL}.body":
            super().handle_reply(message)

    def sendHttpErrorResponse(self, code: int, reason: str, responseHeaders: Any = None) -> None:  # noqa: N802, N803
        status, headers = self.denial or (code, [])
        self.sendData(_bare(status, headers))


class DenyingServer(Server):  # type: ignore[misc]
    """Daphne, which tells the application that a handshake may be refused with a status."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope["extensions"] = {DENIAL: {}, consumers.SAYING: {"say": protocol.say}}
        return super().create_application(protocol, scope)


def _no_http(channel: Any) -> None:
    channel.transport.write(_bare(HTTPStatus.BAD_REQUEST, []))
    channel.loseConnection()


def _bare(status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
    """An answer that ends the connection, as it goes over the wire."""
    ours = [
        *(one for one in headers if one[0] != b"content-length"),
        (b"connection", b"close"),
        (b"content-length", b"0"),
    ]
    lines = [f"HTTP/1.1 {int(status)} {HTTPStatus(status).phrase}".encode()]
    lines += [name + b": " + value for name, value in completed(ours, scheme="http")]
    return b"\r\n".join([*lines, b"", b""])


def _settled(ready: Callable[[], None]) -> None:
    """What is there by now stays there. Looked through for garbage again and again, all of it, it held every request up
    for a fifth of a second each time."""
    gc.collect()
    gc.freeze()
    ready()


def serve(address: str, port: int, ready: Callable[[], None]) -> bool:
    """Serve until SIGINT or SIGTERM; False where the address was taken before we got to it."""
    application = get_default_application()

    def before_the_first_request() -> None:
        loop = asyncio.get_event_loop()
        events.serve_on(loop)
        # Forms are Django's to read, and only where a view asks for one.
        request = partial(
            BoundedRequest, ShortWay(asgi.http, settings.TRUSTED_PROXIES, loop), parsePOSTFormSubmission=False
        )
        factory = server.http_factory
        build = factory.buildProtocol

        def build_bounded(peer: Any) -> Any:
            protocol = build(peer)
            protocol.requestFactory = request
            # What is no HTTP at all is answered by the library's channel, which has no other place to be told how.
            channel = protocol._channel
            channel._respondToBadRequestAndDisconnect = partial(_no_http, channel)
            return protocol

        factory.buildProtocol = build_bounded
        # A line of Twisted's for each request, made and thrown away; ours is voltsafe.observing's.
        factory.log = lambda _request: None
        server.ws_factory.protocol = LongSpeaking
        # Not before the loop runs: who stops us from then on is heard.
        loop.call_soon(_settled, ready)

    server = DenyingServer(
        application,
        endpoints=build_endpoint_description_strings(host=address, port=port),
        http_timeout=60,
        # A wall tablet stays for months; the pings find out who is gone.
        websocket_timeout=-1,
        ping_interval=10,
        ping_timeout=10,
        websocket_max_message_size=16384,
        websocket_max_frame_size=16384,
        application_close_timeout=5,
        ready_callable=before_the_first_request,
        # Whose and which version is nobody's to know.
        server_name="",
    )
    server.run()
    # At its end Python closes what it finds open. A database that nobody closes keeps its newest rows in its log alone.
    gc.unfreeze()
    return bool(server.listening_addresses)
