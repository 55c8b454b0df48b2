"""Sockets that only listen, and cost next to nothing: what is measured is the server, not its client.

A client library takes a tenth of a millisecond for a frame, and asyncio by itself a thirtieth: fifty sockets of
one client were done with reading a millisecond and a half after the server was done with writing.
"""

import base64
import secrets
import select
import socket
import time
from collections.abc import Iterable, Iterator, Mapping

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
PATIENCE = 10.0
"""Seconds in which what is waited for has to come."""

_room = bytearray(1 << 18)
_view = memoryview(_room)


class Listener:
    """Frames as RFC 6455 has them, from a server: not masked, and here never in pieces."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        """Opened, and greeted as a websocket."""
        self.line = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._texts: list[bytes] = []
        self.heard = 0
        """Texts that were no heartbeats."""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        upgrade = {"Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade"}
        upgrade |= {"Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13", **headers}
        lines = [f"{name}: {value}" for name, value in upgrade.items()]
        self.line.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.line.recv(4096)
        head, _end, self._rest = head.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        self._take(memoryview(self._rest))

    def text(self) -> str:
        """The next one, waited for."""
        while not self._texts:
            self.read()
        return self._texts.pop(0).decode()

    def read(self) -> None:
        """What has come; waits where nothing has."""
        size = self.line.recv_into(_room)
        assert size, "the server has hung up"
        self._take(memoryview(self._rest + _view[:size]) if self._rest else _view[:size])

    def say(self, text: str) -> None:
        self._say(TEXT, text.encode())

    def close(self) -> None:
        self._say(CLOSE, b"\x03\xe8")
        self.line.close()

    def _take(self, data: memoryview) -> None:
        at = 0
        for kind, begins, ends in _frames(data):
            if kind == PING:
                self._say(PONG, bytes(data[begins:ends]))
            elif kind == TEXT and b"heartbeat" not in bytes(data[begins : begins + 200]):
                self.heard += 1
                self._texts = [bytes(data[begins:ends])]
            at = ends
        self._rest = bytes(data[at:])

    def _say(self, kind: int, payload: bytes) -> None:
        """Less than 64 KiB, masked with nothing, which a server has to take."""
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + size.to_bytes(2)
        self.line.sendall(bytes([128 | kind]) + length + bytes(4) + payload)


def _frames(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """Of each whole one its kind, and where its payload begins and ends."""
    at = 0
    while len(data) >= at + 10 or (len(data) >= at + 2 and data[at + 1] < 126):
        length, begins = data[at + 1], at + 2
        if length > 125:
            begins = at + (4 if length == 126 else 10)
            length = int.from_bytes(data[at + 2 : begins])
        if len(data) < begins + length:
            return
        yield data[at] & 15, begins, begins + length
        at = begins + length


class Crowd:
    """Many that wait together."""

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self.listeners = list(listeners)
        self._poll = select.epoll()
        self._by_number = {one.line.fileno(): one for one in self.listeners}
        for number in self._by_number:
            self._poll.register(number, select.EPOLLIN)

    def hear(self) -> None:
        """Until each has heard one text more than it had."""
        wanted = {number: one.heard + 1 for number, one in self._by_number.items()}
        until = time.perf_counter() + PATIENCE
        while wanted:
            for number, _event in self._poll.poll(until - time.perf_counter()):
                one = self._by_number[number]
                one.read()
                if number in wanted and one.heard >= wanted[number]:
                    del wanted[number]
            assert time.perf_counter() < until, f"{len(wanted)} have heard nothing"

    def close(self) -> None:
        self._poll.close()
        for one in self.listeners:
            one.close()
