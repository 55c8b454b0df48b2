"""What a request costs: Django's own ASGI handler (the control) against voltsafe.http_pool, in one run.

    python -m benchmarks.requests

The same trivial view behind the same middleware and the same Daphne, on loopback, in turns, for about twenty seconds.
Server CPU per request is the figure to trust; the client shares the machine.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

CLIENTS = 10
ROUNDS = 3
SECONDS = 2.5
WARM_UP = 0.5
CONTROL, POOL = "Django's ASGI handler", "the pool of threads"
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figures:
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / len(self.latencies)

    def percentile_ms(self, percent: int) -> float:
        return 1000 * quantiles(self.latencies, n=100)[percent - 1]


def main() -> None:
    figures = {CONTROL: Figures(), POOL: Figures()}
    with tempfile.TemporaryDirectory() as folder:
        servers = {name: Server(name, folder) for name in figures}
        try:
            for _ in range(ROUNDS):
                for name, server in servers.items():
                    asyncio.run(drive(server, Figures(), WARM_UP))
                    asyncio.run(drive(server, figures[name], SECONDS))
        finally:
            for server in servers.values():
                server.process.terminate()
                server.process.wait(10)
    print(f"{CLIENTS} clients, {ROUNDS} rounds of {SECONDS} s each, loopback, {os.cpu_count()} cores\n")
    print(f"{'':24} {'requests/s':>11} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms each':>12}")
    for name, found in figures.items():
        latency = f"{found.percentile_ms(50):8.1f} {found.percentile_ms(99):8.1f}"
        print(f"{name:24} {found.per_second:11.0f} {latency} {found.cpu_ms:12.2f}")
    control, pool = figures[CONTROL], figures[POOL]
    print(f"\nratio: {pool.per_second / control.per_second:.1f} times the requests,", end=" ")
    print(f"{control.cpu_ms / pool.cpu_ms:.1f} times less CPU each")


class Server:
    """Daphne in a process of its own."""

    def __init__(self, name: str, folder: str) -> None:
        environment = {**os.environ, "VOLTSAFE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "voltsafe.settings"}
        command = [sys.executable, "-m", "benchmarks.requests", name]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def cpu(self) -> float:
        user, system = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / TICKS


async def drive(server: Server, figures: Figures, seconds: float) -> None:
    began, cpu = time.perf_counter(), server.cpu()
    await asyncio.gather(*(_client(server.port, figures.latencies, began + seconds) for _ in range(CLIENTS)))
    figures.seconds += time.perf_counter() - began
    figures.cpu += server.cpu() - cpu


async def _client(port: int, latencies: list[float], until: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (began := time.perf_counter()) < until:
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        latencies.append(time.perf_counter() - began)
    writer.close()
    await writer.wait_closed()


def serve(name: str) -> None:
    from daphne.server import Server as Daphne
    from django.conf import settings
    from django.core.asgi import get_asgi_application

    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    if name == CONTROL:
        application = get_asgi_application()
    else:
        from voltsafe.asgi import application

    def say_port() -> None:
        print(daphne.listening_addresses[0][1], flush=True)

    daphne = Daphne(application, endpoints=["tcp:port=0:interface=127.0.0.1"], ready_callable=say_port)
    daphne.run()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        main()
