"""Closed-loop clients on kept connections: each asks again as soon as it is answered, and never faster."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.servers import Server

Request = Callable[[int, int], bytes]
"""The bytes of a client's n-th request."""


@dataclass
class Figures:
    """Of one contender, over all its rounds."""

    latencies: list[list[float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return median(len(one) / seconds for one, seconds in zip(self.latencies, self.seconds, strict=True))

    @property
    def cpu_ms(self) -> float:
        """Of the server, each."""
        return median(1000 * cpu / len(one) for cpu, one in zip(self.cpu, self.latencies, strict=True))

    def cpu_ms_of(self, requests: "Figures") -> float:
        """The same of a process that is not asked itself, for each request of those."""
        return median(1000 * cpu / len(one) for cpu, one in zip(self.cpu, requests.latencies, strict=True))

    def percentile_ms(self, percent: int) -> float:
        return median(1000 * quantiles(one, n=100)[percent - 1] for one in self.latencies)

    @property
    def max_over_median(self) -> float:
        """How unfairly the unluckiest waited."""
        return median(max(one) / median(one) for one in self.latencies)

    def row(self) -> dict[str, float]:
        return {
            "per_second": self.per_second,
            "cpu_ms": self.cpu_ms,
            "p50_ms": self.percentile_ms(50),
            "p99_ms": self.percentile_ms(99),
            "max_over_median": self.max_over_median,
        }


@dataclass
class Watched:
    """Somebody else's processor seconds, noted over the same rounds."""

    cpu: Callable[[], float]
    figures: Figures


def drive(
    server: Server,
    request: Request,
    figures: Figures,
    *,
    clients: int,
    seconds: float,
    more: Sequence[Server] = (),
    watched: Watched | None = None,
) -> None:
    """`more`: others of the same database, which the clients spread over."""
    asyncio.run(_drive([server, *more], request, figures, clients, seconds, watched))


async def _drive(
    all_of: list[Server], request: Request, figures: Figures, clients: int, seconds: float, watched: Watched | None
) -> None:
    lines = [await asyncio.open_connection("127.0.0.1", all_of[n % len(all_of)].port) for n in range(clients)]
    latencies: list[float] = []
    began, cpu = time.perf_counter(), sum(one.cpu() for one in all_of)
    others = watched.cpu() if watched else 0.0
    until = began + seconds
    await asyncio.gather(*(_client(n, *line, request, latencies, until) for n, line in enumerate(lines)))
    figures.seconds.append(time.perf_counter() - began)
    figures.cpu.append(sum(one.cpu() for one in all_of) - cpu)
    if watched:
        watched.figures.cpu.append(watched.cpu() - others)
    figures.latencies.append(latencies)
    for _reader, writer in lines:
        writer.close()


async def _client(
    number: int,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: Request,
    latencies: list[float],
    until: float,
) -> None:
    turn = 0
    while (began := time.perf_counter()) < until:
        await ask(reader, writer, request(number, turn))
        latencies.append(time.perf_counter() - began)
        turn += 1


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    """One request on a kept connection, and its answer."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    body = await reader.readexactly(int(length or 0))
    assert head.split(b" ")[1] in {b"200", b"304"}, (head, body)


@contextlib.contextmanager
def line(server: Server) -> Iterator[Callable[[bytes], Callable[[], None]]]:
    """A kept connection without asyncio: called with a request it gives what waits for the answer to it."""
    with socket.create_connection(("127.0.0.1", server.port), 60) as opened, opened.makefile("rb") as reader:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def answer() -> None:
            status, length = reader.readline().split(b" ")[1], 0
            while (header := reader.readline().lower()) != b"\r\n":
                if header.startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            body = reader.read(length)
            assert status in {b"200", b"304"}, (status, body)

        def ask(request: bytes) -> Callable[[], None]:
            opened.sendall(request)
            return answer

        yield ask


def post_toggle(server: Server, clients: int = 0, is_on: dict[int, bool] | None = None) -> Request:
    """Each client has appliances of its own, one or more, and turns them over in turn: every request is a change.

    `is_on`: what an earlier one has left.
    """
    now = dict.fromkeys(server.appliances, False) if is_on is None else is_on

    def request(client: int, turn: int) -> bytes:
        own = server.appliances[client :: clients or len(server.appliances)]
        appliance = own[turn % len(own)]
        now[appliance] = not now.get(appliance, False)
        return _bytes(server, "POST", server.toggle.format(appliance), json.dumps({"is_on": now[appliance]}).encode())

    return request


def get(server: Server, path: str, **headers: str) -> Request:
    sent = _bytes(server, "GET", path, b"", **headers)
    return lambda _client, _turn: sent


def _bytes(server: Server, method: str, path: str, body: bytes, **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in (server.headers | headers).items()]
    if body:
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode() + body
