"""From a toggle's request to the frame at the last watcher, against a raw broadcast of the same bytes.

Whoever toggles and whoever speaks to the raw broadcast do it on a connection that is open already.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import count
from statistics import median
from typing import Any

import websockets

from benchmarks import load, servers
from benchmarks.reads import sign_in
from benchmarks.servers import Server

WATCHERS = (1, 50, 500)
MANY = {"VOLTSAFE_SOCKETS": "1000", "VOLTSAFE_SOCKETS_PER_PERSON": "1000", "VOLTSAFE_HANDSHAKES": "100000"}


def run(*, rounds: int, pushes: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        # More sockets of one person than anybody has.
        servers.voltsafe(folder, environment=MANY) as product,
        servers.raw("daphne") as daphne,
        servers.raw("websockets") as library,
    ):
        servers.furnish(product, 3)
        # As a browser: a token may have five sockets.
        product.socket_headers = {"Cookie": sign_in(product), "Origin": f"http://127.0.0.1:{product.port}"}
        frame = asyncio.run(_one_frame(product))
        for watchers in WATCHERS:
            of: dict[str, list[dict[str, float]]] = {one.name: [] for one in (product, daphne, library)}
            for _ in range(rounds):
                of[product.name].append(asyncio.run(_of_product(product, watchers, pushes)))
                for one in (daphne, library):
                    of[one.name].append(asyncio.run(_of_raw(one, watchers, pushes, frame)))
            found[f"{watchers} watchers, {len(frame)} bytes"] = {
                name: {key: median(each[key] for each in lot) for key in lot[0]} for name, lot in of.items()
            }
    return found


async def _one_frame(server: Server) -> str:
    """What a change of one lamp looks like on the wire."""
    socket = await _open(server, "/ws/homes/home/")
    await socket.recv()
    told = asyncio.ensure_future(_news(socket))
    await asyncio.to_thread(server.ask, "POST", server.toggle.format(server.appliances[0]), {"is_on": True})
    text = await told
    await socket.close()
    return text


async def _of_product(server: Server, watchers: int, pushes: int) -> dict[str, float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    toggles = load.post_toggle(server, clients=len(server.appliances))
    turns = count()

    async def cause() -> None:
        await load.ask(reader, writer, toggles(1, next(turns)))

    try:
        return await _measure(server, "/ws/homes/home/", watchers, 2 * (pushes // 2), cause, greets=True)
    finally:
        writer.close()


async def _of_raw(server: Server, watchers: int, pushes: int, frame: str) -> dict[str, float]:
    speaker = await _open(server, "/say")
    try:
        return await _measure(server, "/", watchers, pushes, lambda: speaker.send(frame), greets=False)
    finally:
        await speaker.close()


async def _measure(
    server: Server, path: str, watchers: int, pushes: int, cause: Callable[[], Awaitable[Any]], *, greets: bool
) -> dict[str, float]:
    at_rest = server.memory()
    opened = [await _open(server, path) for _ in range(watchers)]
    for socket in opened if greets else ():
        await socket.recv()
    grown, took, cpu = server.memory() - at_rest, [], server.cpu()
    for _ in range(pushes):
        # Beyond the time in which changes are gathered into one frame.
        await asyncio.sleep(0.1)
        told = [asyncio.ensure_future(_news(socket)) for socket in opened]
        await asyncio.sleep(0)
        began = time.perf_counter()
        caused = asyncio.ensure_future(cause())
        await asyncio.gather(*told)
        took.append(time.perf_counter() - began)
        await caused
    cpu = server.cpu() - cpu
    await asyncio.gather(*(socket.close() for socket in opened))
    return {
        "last_ms": 1000 * median(took),
        "cpu_ms_each_frame": 1000 * cpu / (pushes * watchers),
        "kib_each_watcher": 1024 * grown / watchers,
    }


async def _news(socket: Any) -> str:
    while "heartbeat" in (text := str(await socket.recv()))[:200]:
        pass
    return text


async def _open(server: Server, path: str) -> Any:
    address = f"ws://127.0.0.1:{server.port}{path}"
    return await websockets.connect(
        address, additional_headers=server.socket_headers, max_size=2**24, ping_interval=None
    )


if __name__ == "__main__":
    print(json.dumps(run(rounds=1, pushes=5), indent=2))
