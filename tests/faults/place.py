"""A VoltSafe of a test's own: a data folder, a database, and processes that are started, killed and started again."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.faults.scale import until
from tests.forking.process import Process, run
from tests.serving.process import a_free_port

SERVE = ["manage.py", "serve"]
CONTROLLER = ["manage.py", "controller"]
TOKENS = 24
ROOMY = {"VOLTSAFE_SOCKETS_PER_PERSON": "2000", "VOLTSAFE_SOCKETS": "2000", "VOLTSAFE_HANDSHAKES": "100000"}
PASSWORD = "correct horse battery"


@dataclass
class Place:
    folder: Path
    home: dict[str, Any]
    more: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def file(self) -> Path:
        return self.data / "voltsafe.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.data, self.more)

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run([sys.executable, "manage.py", *arguments], env=self.environment, check=False)

    def assert_verified(self) -> None:
        """The record, played from its first line, leads to the rows as they are."""
        verified = self.manage("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def environment(data: Path, more: Mapping[str, str]) -> dict[str, str]:
    given = {"PATH": os.environ["PATH"], "VOLTSAFE_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "voltsafe.settings"}
    return {**given, **ROOMY, **more}


def furnished(folder: Path, **more: str) -> Place:
    """A new one, prepared from nothing."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.faults.furnish", str(TOKENS)]
    made = run(command, env=environment(folder / "data", more), check=False)
    assert made.returncode == 0, made.stderr
    return Place(folder, json.loads(made.stdout), more)


def copied(of: Place, folder: Path, **more: str) -> Place:
    """One like it."""
    shutil.copytree(of.data, folder / "data")
    return Place(folder, of.home, {**of.more, **more})


class Running:
    """A process of a place; started again it has the same port and the same log."""

    def __init__(self, place: Place, arguments: list[str], **more: str) -> None:
        self.place = place
        self.port = a_free_port()
        self._command = [sys.executable, *arguments]
        self.environment = {**place.environment, "PORT": str(self.port), **more}
        self.log = place.folder / f"{self.port}.log"
        self.start()

    def start(self) -> None:
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = Process(self._command, env=self.environment, stdout=log, stderr=subprocess.STDOUT)

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)

    def serving(self) -> float:
        """Wait until it serves; seconds from its start."""
        until(self._answers, within=60, what=f"it serves; it said {self.said()}")
        return time.monotonic() - self.started_at

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except (OSError, HTTPException):
            return False

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, path, body or None, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            line.close()

    def readiness(self) -> tuple[int, dict[str, str]]:
        status, _headers, text = self.ask("GET", "/readyz")
        return status, json.loads(text)["checks"]

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def let_files_grow_to(self, most: int) -> None:
        """From now on the system refuses whatever it writes beyond."""
        hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (most, hard))

    def memory(self) -> float:
        """Resident, in MiB."""
        return int(self._status("VmRSS")) / 1024

    def threads(self) -> int:
        return int(self._status("Threads"))

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def _status(self, name: str) -> str:
        text = Path(f"/proc/{self.pid}/status").read_text()
        return text.split(f"{name}:")[1].split()[0]


@contextmanager
def running(place: Place, arguments: list[str] = SERVE, **more: str) -> Iterator[Running]:
    process = Running(place, arguments, **more)
    try:
        yield process
    finally:
        process.process.send_signal(signal.SIGCONT)
        process.kill()


@contextmanager
def serving(place: Place, arguments: list[str] = SERVE, **more: str) -> Iterator[Running]:
    with running(place, arguments, **more) as server:
        server.serving()
        yield server
