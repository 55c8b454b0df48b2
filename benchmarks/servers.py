"""The contenders: each is started on loopback with a folder of its own, and ended by its own id."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from deploy.cluster.servers import a_database, a_redis

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
PASSWORD = secrets.token_hex(12)
OWNER = {"VOLTSAFE_OWNER": "bench", "VOLTSAFE_OWNER_PASSWORD": PASSWORD, "VOLTSAFE_SAMPLE_HOME": "1"}


@dataclass
class Server:
    name: str
    port: int
    process: subprocess.Popen[Any]
    headers: dict[str, str] = field(default_factory=dict)
    socket_headers: dict[str, str] = field(default_factory=dict)
    toggle: str = "/api/v1/appliances/{}/toggle"
    appliances: tuple[int, ...] = ()
    """Ids of appliances that are off and fit, one for each client."""
    ready_after: float = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid

    def cpu(self) -> float:
        """Seconds of processor it has used, its threads with it."""
        return cpu_of(self.pid)

    def memory(self) -> float:
        """Resident, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = None if body is None else json.dumps(body)
        line.request(method, path, sent, {"Content-Type": "application/json", **self.headers})
        answer = line.getresponse()
        text = answer.read()
        assert answer.status < 300, text
        return json.loads(text) if text[:1] in b"{[" else text


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextlib.contextmanager
def voltsafe(folder: str, *, under: str = "daphne", environment: dict[str, str] | None = None) -> Iterator[Server]:
    """The whole product: sign-in, policy, interlock, record and push; `under` names the ASGI server."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    port = free_port()
    given = {"VOLTSAFE_DATA_DIR": folder, "PORT": str(port), **OWNER, **(environment or {})}
    around = {"PATH": os.environ["PATH"], **given}
    if under == "daphne":
        command = [sys.executable, "manage.py", "serve"]
    else:
        prepare = (
            "import manage, django; django.setup(); from voltsafe import startup; startup.prepare(lambda _t: None)"
        )
        around["DJANGO_SETTINGS_MODULE"] = "voltsafe.settings"
        subprocess.run([sys.executable, "-c", prepare], cwd=ROOT, env=around, check=True)
        command = [sys.executable, "-m", "uvicorn", "voltsafe.asgi:application", "--port", str(port)]
        command += ["--log-level", "error", "--no-access-log", "--lifespan", "off"]
    with running(f"VoltSafe, {under}", port, command, around) as server:
        made = subprocess.run(
            [sys.executable, "manage.py", "token", "bench"], cwd=ROOT, env=around, check=True, capture_output=True
        )
        server.headers = {"Authorization": f"Bearer {made.stdout.decode().strip()}"}
        yield server


@contextlib.contextmanager
def postgresql_and_redis() -> Iterator[dict[str, str]]:
    """What `voltsafe` has to be given to run on both; gone again afterwards."""
    with a_database() as (database, password), a_redis() as (redis, redis_password):
        given = {"DATABASE_URL": database, "DATABASE_PASSWORD": password, "REDIS_URL": redis}
        yield {**given, "REDIS_PASSWORD": redis_password, "VOLTSAFE_SECRET_KEY": "only a benchmark" * 4}


def furnish(server: Server, appliances: int, *, home: str = "home", circuits: int = 5) -> None:
    """So many appliances of 1 W, spread over circuits of their own, on top of what the home has."""
    main = server.ask("GET", f"/api/v1/homes/{home}/circuits")["items"][0]["id"]
    wanted = [{"name": f"Bench {n}", "limit_watts": 3000, "parent_id": main} for n in range(circuits)]
    at = [server.ask("POST", f"/api/v1/homes/{home}/circuits", one)["id"] for one in wanted]
    made = [
        server.ask(
            "POST",
            f"/api/v1/homes/{home}/appliances",
            {"name": f"Bench lamp {n}", "rated_watts": 1, "circuit_id": at[n % circuits]},
        )
        for n in range(appliances)
    ]
    server.appliances = tuple(one["id"] for one in made)


@contextlib.contextmanager
def plain(folder: str) -> Iterator[Server]:
    """The plain design: see benchmarks/plain/app.py."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.plain.app:app", "--port", str(port)]
    command += ["--log-level", "error", "--no-access-log"]
    around = {"PATH": os.environ["PATH"], "PLAIN_DATABASE": f"{folder}/plain.sqlite3"}
    with running("plain FastAPI, uvicorn", port, command, around) as server:
        server.toggle, server.appliances = "/appliances/{}/toggle", tuple(range(1, 76))
        yield server


@contextlib.contextmanager
def raw(kind: str) -> Iterator[Server]:
    """What the server itself can do: `benchmarks/raw.py` under Daphne (`daphne`), or the `websockets` library."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.raw", kind, str(port)]
    settings = {"DJANGO_SETTINGS_MODULE": "voltsafe.settings", "VOLTSAFE_SECRET_KEY": 2 * PASSWORD}
    with running(f"raw, {kind}", port, command, {**os.environ, **settings}) as server:
        yield server


@contextlib.contextmanager
def running(name: str, port: int, command: list[str], environment: dict[str, str]) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield Server(name, port, process, ready_after=time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[Any]) -> None:
    for _ in range(3000):
        assert process.poll() is None, "the server ended at once"
        with contextlib.suppress(OSError):
            line = HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        time.sleep(0.02)
    raise SystemExit("the server did not start")
