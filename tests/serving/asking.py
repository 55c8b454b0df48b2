"""Raw ASGI: one request or one handshake to an application, and everything it sent back."""

import asyncio
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import count
from typing import Any

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Heard:
    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        return next(value.decode() for key, value in self.headers if key == name.encode())

    def has(self, name: str) -> bool:
        return any(key == name.encode() for key, _value in self.headers)


def a_request(
    path: bytes = b"/", *, method: str = "GET", headers: Headers | None = None, **scope: Any
) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path.decode(errors="replace"),
        "raw_path": path,
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *(headers or [])],
        "client": ["192.0.2.7", 51000],
        "server": ["127.0.0.1", 8000],
        **scope,
    }


def a_part(body: bytes = b"", *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


HANGING_UP = {"type": "http.disconnect"}


async def ask(application: Any, scope: dict[str, Any], *parts: dict[str, Any]) -> Heard | None:
    """The answer; None where there was none. After the given parts the client stays and says nothing."""
    coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    for part in parts or [a_part()]:
        coming.put_nowait(part)
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, coming.get, send)
    if not sent:
        return None
    start, body = sent
    return Heard(start["status"], start["headers"], body["body"])


_addresses = map(IPv4Address, count(int(IPv4Address("10.0.0.1"))))
"""They are counted for each, over all tests."""


async def shake_hands(application: Any, path: str, headers: Headers, **scope: Any) -> str:
    """The type of the first message that answers a websocket's handshake; from an address that has made none before."""
    coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    coming.put_nowait({"type": "websocket.connect"})
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    asked = {"type": "websocket", "path": path, "raw_path": path.encode(), "headers": headers, "root_path": ""}
    scope = {**asked, "client": [str(next(_addresses)), 50000], **scope}
    task = asyncio.ensure_future(application(scope, coming.get, sent.put))
    first = asyncio.ensure_future(sent.get())
    await asyncio.wait({task, first}, return_when=asyncio.FIRST_COMPLETED)
    if not first.done():
        first.cancel()
        task.result()
        return "nothing"
    task.cancel()
    await asyncio.wait({task})
    return str(first.result()["type"])
