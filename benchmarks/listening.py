"""A socket that only listens, and costs next to nothing: what is measured is the server, not its client.

A client library takes a tenth of a millisecond for a frame, which fifty sockets of one client add to every contender.
"""

import asyncio
import base64
import secrets
from collections.abc import Iterator, Mapping

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Listener(asyncio.Protocol):
    """Frames as RFC 6455 has them, from a server: not masked, and here never in pieces."""

    def __init__(self, host: str, path: str, headers: Mapping[str, str]) -> None:
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        upgrade = {"Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key}
        lines = [f"{name}: {value}" for name, value in {**upgrade, "Sec-WebSocket-Version": "13", **headers}.items()]
        self._hello = "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()
        self._buffer = bytearray()
        self._is_open = False
        self.opened = asyncio.get_running_loop().create_future()
        self._news: asyncio.Future[str] | None = None
        self._heard: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._buffer, self._is_open = rest, True
            self.opened.set_result(None)
        for kind, payload in self._frames():
            if kind == PING:
                self._say(PONG, payload)
            elif kind == TEXT and b"heartbeat" not in payload[:200]:
                self._hear(payload.decode())

    def news(self) -> asyncio.Future[str]:
        """The next text that is no heartbeat."""
        self._news = asyncio.get_running_loop().create_future()
        if self._heard:
            self._news.set_result(self._heard.pop(0))
        return self._news

    def close(self) -> None:
        self._say(CLOSE, b"\x03\xe8")
        self.transport.close()

    def say(self, text: str) -> None:
        self._say(TEXT, text.encode())

    def _hear(self, text: str) -> None:
        if self._news is None or self._news.done():
            self._heard.append(text)
        else:
            self._news.set_result(text)

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        while len(self._buffer) >= 2:
            length, at = self._buffer[1], 2
            if length > 125:
                at = 4 if length == 126 else 10
                length = int.from_bytes(self._buffer[2:at])
            if len(self._buffer) < at + length:
                return
            yield self._buffer[0] & 15, bytes(self._buffer[at : at + length])
            del self._buffer[: at + length]

    def _say(self, kind: int, payload: bytes) -> None:
        """Less than 64 KiB, masked with nothing, which a server has to take."""
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + size.to_bytes(2)
        self.transport.write(bytes([128 | kind]) + length + bytes(4) + payload)


async def listen(port: int, path: str, headers: Mapping[str, str]) -> Listener:
    loop = asyncio.get_running_loop()
    host = f"127.0.0.1:{port}"
    _transport, listener = await loop.create_connection(lambda: Listener(host, path, headers), "127.0.0.1", port)
    await listener.opened
    return listener
