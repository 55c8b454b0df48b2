"""Commands on the JSON socket, each on the disk before it is answered, beside toggles over HTTP, in turns."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import websockets

from benchmarks import load, servers
from benchmarks.load import Figures
from benchmarks.servers import ROOT, Server
from benchmarks.watchers import MANY

SOCKETS = (1, 10, 50)
SOCKETS_PER_TOKEN = 5
PIPELINED = 8
MAKE_TOKENS = f"""
from django.utils import timezone
from appliances.models import User
from appliances.services import actor, tokens
for number in range({max(SOCKETS) // SOCKETS_PER_TOKEN}):
    made = dict(user=User.objects.get(), name=str(number), scope="switch", by=actor.SYSTEM, now=timezone.now())
    print(tokens.make(**made)[1])
"""


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.voltsafe(f"{folder}/product", environment=MANY) as product,
        servers.plain(f"{folder}/plain") as control,
    ):
        servers.furnish(product, max(SOCKETS))
        tokens = _tokens(f"{folder}/product")
        for sockets in SOCKETS:
            of_socket = {"VoltSafe, socket": 1, f"VoltSafe, socket, {PIPELINED} at a time": PIPELINED}
            of_http = {"VoltSafe, HTTP": product, control.name: control}
            requests = {name: load.post_toggle(one) for name, one in of_http.items()}
            figures = {name: Figures() for name in (*of_socket, *of_http)}
            for _ in range(rounds):
                for name, at_once in of_socket.items():
                    asyncio.run(_drive(product, tokens, figures[name], sockets, at_once, seconds))
                for name, one in of_http.items():
                    load.drive(one, requests[name], figures[name], clients=sockets, seconds=seconds)
            found[f"{sockets} sockets or clients"] = {name: one.row() for name, one in figures.items()}
    return found


def _tokens(folder: str) -> list[str]:
    """Each for as many sockets as a token may have open."""
    environment = {"PATH": os.environ["PATH"], "VOLTSAFE_DATA_DIR": folder}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE_TOKENS]
    made = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return made.stdout.split()


async def _drive(
    server: Server, tokens: list[str], figures: Figures, sockets: int, at_once: int, seconds: float
) -> None:
    address = f"ws://127.0.0.1:{server.port}/ws/api/v1/homes/home/"
    opened = []
    for number in range(sockets):
        headers = {"Authorization": f"Bearer {tokens[number // SOCKETS_PER_TOKEN]}"}
        opened.append(
            await websockets.connect(
                address, additional_headers=headers, compression=None, ping_interval=None, max_size=2**24
            )
        )
        await opened[-1].recv()
    latencies: list[float] = []
    began, cpu = time.perf_counter(), server.cpu()
    until = began + seconds
    await asyncio.gather(*(_client(server, n, one, at_once, latencies, until) for n, one in enumerate(opened)))
    figures.seconds.append(time.perf_counter() - began)
    figures.cpu.append(server.cpu() - cpu)
    figures.latencies.append(latencies)
    await asyncio.gather(*(one.close() for one in opened))


async def _client(server: Server, number: int, socket: Any, at_once: int, latencies: list[float], until: float) -> None:
    """Its own appliance is turned over again and again; so many commands are always on their way, done in order."""
    sent: dict[int, float] = {}
    turn = 0

    async def say() -> None:
        nonlocal turn
        sent[turn] = time.perf_counter()
        command = {"action": "toggle", "appliance": server.appliances[number], "is_on": turn % 2 == 0}
        await socket.send(json.dumps({"id": turn, **command}))
        turn += 1

    for _ in range(at_once):
        await say()
    while sent:
        text = await socket.recv()
        if not text.startswith('{"type":"answer"'):
            continue
        answer = json.loads(text)
        assert answer["ok"], answer
        latencies.append(time.perf_counter() - sent.pop(answer["id"]))
        if time.perf_counter() < until:
            await say()


if __name__ == "__main__":
    print(json.dumps(run(rounds=1, seconds=3), indent=2))
