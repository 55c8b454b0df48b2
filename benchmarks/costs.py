"""What a toggle, a push, a read, a socket and a home at rest cost on PostgreSQL and Redis: the constants of scaling.py.

    DATABASE_URL=postgres://user:password@127.0.0.1/postgres REDIS_URL=redis://127.0.0.1 python -m benchmarks.costs

One web process and one controller on a database of their own, about a minute. CPU is that of each process, read from
/proc (PostgreSQL's: of the connections to this database), so it must run on the servers' own machine. What is written
ahead, and Redis' CPU, are those of the whole server: leave both alone meanwhile.
"""

import asyncio
import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import websockets
from redis import Redis

from deploy.cluster.composed import ROOT
from deploy.cluster.person import Person
from deploy.cluster.running import LOOPBACK, a_free_port, status
from deploy.cluster.servers import a_database, a_redis
from deploy.cluster.whole_round import FIRST_START, OWNER, PASSWORD

ROUNDS, TIMES, SOCKETS, REST = 5, 60, 200, 10.0
HOMES = 200
MAKE_HOMES = f"""
from django.db import transaction
from appliances.models import Appliance, Circuit, Home
for number in range({HOMES}):
    with transaction.atomic():
        home = Home.objects.create(name=f"Home {{number}}", slug=f"rest-{{number}}")
        main = Circuit.objects.create(home=home, name="Main", limit=8000)
        rooms = [Circuit.objects.create(home=home, name=f"Room {{n}}", limit=4000, parent=main) for n in range(4)]
        for n in range(15):
            Appliance.objects.create(home=home, circuit=rooms[n % 4], name=f"Load {{n}}", rated=100, priority=n + 1)
"""
SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'appliances_%'"
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Servers:
    """The processes whose work is counted, and a connection that looks on."""

    def __init__(self, web: int, controller: int, address: str, port: int, token: str) -> None:
        self.web, self.controller, self.port = web, controller, port
        self.looking = psycopg.connect(address, autocommit=True)
        self.redis = Redis.from_url(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379")
        self.asked = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.address = f"http://localhost:{port}"
        self._line = self.line()

    def line(self) -> HTTPConnection:
        return HTTPConnection(LOOPBACK, self.port, timeout=30)

    def hang_up(self) -> None:
        """A line that was idle for a minute is closed by the server."""
        self._line.close()

    def cpu(self) -> tuple[float, float, float]:
        """Seconds so far: the web process, the controller, PostgreSQL for them."""
        backends = [pid for (pid,) in self.looking.execute(BACKENDS).fetchall()]
        return _cpu_seconds(self.web), _cpu_seconds(self.controller), sum(map(_cpu_seconds, backends))

    def redis_cpu(self) -> float:
        """Milliseconds so far, of the whole Redis server."""
        said = self.redis.info("cpu")
        return 1000 * float(said["used_cpu_user"] + said["used_cpu_sys"])

    def one(self, question: str) -> float:
        row = self.looking.execute(question).fetchone()  # type: ignore[arg-type]
        return float(row[0]) if row else 0.0

    def ask(self, method: str, path: str, body: str | None = None, **more: str) -> tuple[dict[str, str], bytes]:
        self._line.request(method, path, body, {**self.asked, **more})
        answer = self._line.getresponse()
        return dict(answer.getheaders()), answer.read()

    def toggle(self, number: int) -> None:
        """The sample flat's small appliances, on and off in turn: each is a decision."""
        body = json.dumps({"is_on": number % 6 < 3})
        _headers, said = self.ask("POST", f"/api/v1/appliances/{12 + number % 3}/toggle", body)
        assert b'"is_on"' in said, said

    def each(self, ask: Callable[[int], Any]) -> list[float]:
        """CPU milliseconds of each process for one: the best of the rounds, for the machine may have been busy."""
        self.hang_up()
        found = []
        for one in range(ROUNDS + 1):
            before = self.cpu()
            for number in range(one * TIMES, (one + 1) * TIMES):
                ask(number)
            found.append([1000 * (after - was) / TIMES for was, after in zip(before, self.cpu(), strict=True)])
        # The first is for warming up.
        return [min(one) for one in zip(*found[1:], strict=True)]


def main() -> None:
    # Whoever stops it wants no servers left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder, started(folder) as servers:
        measure(servers, Path(folder))


@contextmanager
def started(folder: str) -> Iterator[Servers]:
    with ExitStack() as stack:
        database, password = stack.enter_context(a_database())
        redis, redis_password = stack.enter_context(a_redis())
        port = a_free_port(LOOPBACK)
        own = {"VOLTSAFE_DATA_DIR": folder, "PORT": str(port), "VOLTSAFE_CONTROLLER": "0"}
        # All sockets are of one person here.
        own |= {"VOLTSAFE_SOCKETS_PER_PERSON": "1000", "VOLTSAFE_HANDSHAKES": "100000"}
        given = {"DATABASE_URL": database, "DATABASE_PASSWORD": password, "REDIS_URL": redis}
        environment = {"PATH": os.environ["PATH"], **own, **FIRST_START, **given, "REDIS_PASSWORD": redis_password}

        def run(*line: str) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "manage.py", *line]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        web, controller = run("serve"), run("controller")
        _wait_for(port)
        made = [sys.executable, "manage.py", "token", OWNER]
        token = subprocess.run(made, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        Path(folder, "environment").write_text(json.dumps(environment))
        address = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + database.rpartition("/")[2]
        servers = Servers(web.pid, controller.pid, address, port, token.stdout.strip())
        stack.callback(servers.looking.close)
        stack.callback(servers.redis.close)
        yield servers


def _wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError):
            if status(HTTPConnection(LOOPBACK, port, timeout=5), "/healthz") == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def measure(servers: Servers, folder: Path) -> None:
    say(
        "control: /healthz, 0.5 to 0.9 on a machine at rest", servers.each(lambda _n: servers.ask("GET", "/healthz"))[0]
    )
    say("process_memory", _memory(servers.web))
    asyncio.run(_watched(servers))
    decisions, ahead = (
        "SELECT pg_total_relation_size('appliances_decision')",
        "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn",
    )
    was, was_ahead = servers.one(decisions), servers.one(ahead)
    web, controller, database = servers.each(servers.toggle)
    count = (ROUNDS + 1) * TIMES
    say("toggle_web", web)
    say("sleep", controller)
    say("toggle_database (with the controller's)", database)
    say("toggle_wal", (servers.one(ahead) - was_ahead) / count)
    say("decision", (servers.one(decisions) - was) / count)
    web, _controller, database = servers.each(lambda _n: servers.ask("GET", "/api/v1/homes/home/load"))
    say("read_web", web)
    say("read_database", database)
    headers, _body = servers.ask("GET", "/api/v1/homes/home/load")
    tag = {"If-None-Match": headers.get("ETag", "")}
    say("read_web, unchanged", servers.each(lambda _n: servers.ask("GET", "/api/v1/homes/home/load", **tag))[0])
    person = Person(servers)
    page = person.sign_in(OWNER, PASSWORD)
    say("page_web", servers.each(lambda _n: person.ask("GET", "/homes/home/"))[0])
    say("page", len(gzip.compress(page.encode())))
    was = servers.one(SIZE)
    environment = json.loads((folder / "environment").read_text())
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE_HOMES], cwd=ROOT, env=environment, check=True
    )
    say("home", (servers.one(SIZE) - was) / HOMES)


async def _watched(servers: Servers) -> None:
    """By sockets on which nothing happens, and by toggles that one and then all of them are told of."""
    address = f"ws://{LOOPBACK}:{servers.port}/ws/homes/home/"
    # As a browser: a token may have five sockets.
    person = Person(servers)
    await asyncio.to_thread(person.sign_in, OWNER, PASSWORD)
    asked = {"Cookie": person.cookies, "Origin": servers.address}
    plain = await asyncio.to_thread(_apart, servers)
    first = await _open(address, asked)
    was, began = servers.redis_cpu(), time.monotonic()
    one = await asyncio.to_thread(_apart, servers)
    busy, took = servers.redis_cpu() - was, time.monotonic() - began
    await asyncio.sleep(REST)
    waiting = (servers.redis_cpu() - was - busy) / REST
    say("publish_redis", (busy - waiting * took) / TIMES)
    memory, idle = _memory(servers.web), await _at_rest(servers)
    others = [await _open(address, asked) for _ in range(SOCKETS - 1)]
    say("socket_memory", (_memory(servers.web) - memory) / len(others))
    say("socket_web", (await _at_rest(servers) - idle) / len(others))
    everybody = await asyncio.to_thread(_apart, servers)
    frame = (everybody - one) / len(others)
    say("frame_web", frame)
    say("change_web", one - plain - frame)
    last = ""
    while "heartbeat" in last or not last:
        last = str(await first.recv())
    say("frame", len(last.encode()))
    for socket in (first, *others):
        await socket.close()


def _apart(servers: Servers) -> float:
    """Toggles so far apart that each is a frame of its own."""
    servers.hang_up()
    before = servers.cpu()[0]
    for number in range(TIMES):
        servers.toggle(number)
        time.sleep(0.1)
    return 1000 * (servers.cpu()[0] - before) / TIMES


async def _open(address: str, headers: dict[str, str]) -> Any:
    socket = await websockets.connect(address, additional_headers=headers)
    await socket.recv()
    return socket


async def _at_rest(servers: Servers) -> float:
    """CPU milliseconds of the web process in a second."""
    before = servers.cpu()[0]
    await asyncio.sleep(REST)
    return 1000 * (servers.cpu()[0] - before) / REST


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def say(name: str, figure: float) -> None:
    print(f"{name:45}{figure:14,.3f}", flush=True)


if __name__ == "__main__":
    main()
