"""`manage.py serve` in a process of its own, with an environment and a data folder of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.forking.process import ROOT, Process, run

READY = "VoltSafe is ready: "
END = ""
"""In place of the next line, after the last."""
# A process that ends does not tidy up the connections of its threads, nor need it.
COMMAND = [sys.executable, "-W", "error", "-W", "ignore::ResourceWarning", "manage.py", "serve"]
BY_HAND = ["env", *COMMAND]
"""By way of another program, so that the whole start is its own: Python, and whatever is imported."""


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Serving:
    """A server that has said that it is ready, and what it said up to then.

    It is listened to all the time: a pipe that nobody reads holds up who writes to it once 64 kB are in it.
    """

    def __init__(self, environment: Mapping[str, str], command: list[str]) -> None:
        self.environment = dict(environment)
        self.port = int(environment["PORT"])
        self.process = _begun(command, environment)
        self.said: list[str] = []
        self._heard: SimpleQueue[str] = SimpleQueue()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._heard.put(line)
        self._heard.put(END)

    def wait_for(self, text: str) -> None:
        for line in iter(self._heard.get, END):
            self.said.append(line.rstrip("\n"))
            if text in line:
                return
        raise AssertionError(f"It ended with {self.process.wait()} and had said: {self.said}")

    def ask(self, path: str, method: str = "GET", *, body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, headers=named)
            with connection.getresponse() as answer:
                return Answer(answer.status, dict(answer.getheaders()), answer.read())

    def shake_hands(self, path: str, **headers: str) -> int:
        """The status that answers a websocket's handshake."""
        wanted = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
        return self.ask(path, **wanted, Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==", **headers).status

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it said since it was ready."""
        self.process.send_signal(how)
        rest = "".join(iter(self._heard.get, END))
        return self.process.wait(30), rest

    def end(self) -> None:
        """In whatever state it is."""
        self.process.kill()
        self.process.wait(30)
        self._listener.join(30)


def _begun(command: list[str], given: Mapping[str, str]) -> "Process | subprocess.Popen[str]":
    if command[0] == sys.executable:
        return Process(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def environment(folder: Path, **more: str) -> dict[str, str]:
    here = {"PATH": os.environ["PATH"], "VOLTSAFE_DATA_DIR": str(folder / "data"), "PORT": str(a_free_port())}
    return {**here, **more}


@contextmanager
def started(folder: Path, command: list[str] = COMMAND, **more: str) -> Iterator[Serving]:
    server = Serving(environment(folder, **more), command)
    try:
        yield server
    finally:
        server.end()


@contextmanager
def serving(folder: Path, command: list[str] = COMMAND, **more: str) -> Iterator[Serving]:
    with started(folder, command, **more) as server:
        server.wait_for(READY)
        yield server


def complaint(folder: Path, command: list[str] = COMMAND, **more: str) -> str:
    """What it says when it cannot start: one line, and exit code 1."""
    given = environment(folder, **more)
    if command[0] == sys.executable:
        ended = run(command, env=given, check=False)
    else:
        ended = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1, ended
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr.strip()


def without_the_rights_of_root(command: list[str]) -> list[str]:
    """Root writes into read-only folders; without these rights it is an ordinary owner of its files."""
    if os.geteuid() == 0:
        return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    return command
