"""The limits: what the server can do with nothing of ours around it. `python -m benchmarks.raw KIND PORT`: Daphne as it
comes (`daphne`), or as the product runs it (`ours`), or the `websockets` library (`websockets`).

A socket opened at /say speaks, and what it says goes to every other socket; /healthz answers.
"""

import asyncio
import sys
from http import HTTPStatus
from typing import Any

_watching: set[Any] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Raw ASGI: one loop sends to all."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    speaks = scope["path"] == "/say"
    if not speaks:
        _watching.add(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            for watcher in _watching if speaks else ():
                await watcher({"type": "websocket.send", "text": message["text"]})
    finally:
        _watching.discard(send)


def under_daphne(port: int, *, as_the_product: bool) -> None:
    import django
    from daphne.server import Server

    # Of the product's protocol classes only; nothing of it answers.
    django.setup()
    from voltsafe import serving  # the same protocol classes and limits as the product's

    def as_ours() -> None:
        if as_the_product:
            server.ws_factory.protocol = serving.LongSpeaking

    endpoint = [f"tcp:port={port}:interface=127.0.0.1"]
    server = Server(application, endpoints=endpoint, websocket_timeout=-1, ready_callable=as_ours)
    server.run()


async def with_websockets(port: int) -> None:
    """The `websockets` library's own broadcast."""
    import websockets
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    watching: set[ServerConnection] = set()

    async def handle(socket: ServerConnection) -> None:
        assert socket.request is not None
        if socket.request.path == "/say":
            async for message in socket:
                broadcast(watching, message)
            return
        watching.add(socket)
        try:
            await socket.wait_closed()
        finally:
            watching.discard(socket)

    def health(connection: ServerConnection, request: websockets.Request) -> websockets.Response | None:
        return connection.respond(HTTPStatus.OK, "ok") if request.path == "/healthz" else None

    async with serve(handle, "127.0.0.1", port, process_request=health, max_size=2**24):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    if sys.argv[1] in {"daphne", "ours"}:
        under_daphne(int(sys.argv[2]), as_the_product=sys.argv[1] == "ours")
    else:
        asyncio.run(with_websockets(int(sys.argv[2])))
