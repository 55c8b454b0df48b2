"""Processes as subprocess starts them, for programs of ours: from one that has loaded the most of it (parent.py)."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]

Stream = int | IO[Any] | None


@cache
def _parent(_worker: int, *flags: str) -> socket.socket:
    """Of all that are started with these flags."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        started = subprocess.Popen(
            [sys.executable, *flags, "-m", "tests.forking.parent", str(theirs.fileno())],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    # It ends where nobody is left to order anything.
    atexit.register(started.wait)
    atexit.register(ours.close)
    return ours


class Process:
    """In place of subprocess.Popen, in text, in the project's folder."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        stdin: Stream = subprocess.DEVNULL,
        stdout: Stream = None,
        stderr: Stream = None,
    ) -> None:
        python, *rest = command
        assert python == sys.executable, command
        flags, arguments = _apart(rest)
        self.args = command
        self.returncode: int | None = None
        with ExitStack() as theirs:
            self.stdin, reading = _into(stdin, theirs)
            self.stdout, writing = _out_of(stdout, 1, theirs)
            self.stderr, complaining = _out_of(stderr, 2, theirs) if stderr != subprocess.STDOUT else (None, writing)
            self._told, line = _pipe(theirs)
            order = {"arguments": arguments, "environment": dict(env), "folder": str(ROOT)}
            socket.send_fds(
                _parent(os.getpid(), *flags), [json.dumps(order).encode()], [line, reading, writing, complaining]
            )
        self.pid = int(self._told.readline())

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(list(self.args), timeout or 0)
        return code

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            with self._told:
                self.returncode = int(self._told.readline())
        return self.returncode

    def send_signal(self, how: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Nothing more to read for it; what is left of what it says, and its end."""
        if self.stdin is not None:
            self.stdin.close()
        said = []
        for stream in (self.stdout, self.stderr):
            if stream is None or stream.closed:
                said.append("")
                continue
            with stream:
                said.append(stream.read())
        self.wait(timeout)
        return said[0], said[1]


def run(
    command: Sequence[str], *, env: Mapping[str, str], check: bool, timeout: float = 60
) -> "subprocess.CompletedProcess[str]":
    """To its end; what it said is in the answer."""
    with TemporaryFile("w+") as said, TemporaryFile("w+") as complained:
        process = Process(command, env=env, stdout=said, stderr=complained)
        try:
            code = process.wait(timeout)
        except BaseException:
            process.kill()
            raise
        said.seek(0)
        complained.seek(0)
        ended = subprocess.CompletedProcess(list(command), code, said.read(), complained.read())
    if check:
        ended.check_returncode()
    return ended


def _apart(rest: list[str]) -> tuple[list[str], list[str]]:
    """The interpreter's own flags, and what it is to run."""
    first = next(number for number, word in enumerate(rest) if number % 2 == 0 and word != "-W")
    return rest[:first], rest[first:]


def _pipe(theirs: ExitStack) -> tuple[IO[str], int]:
    ours, other = os.pipe()
    theirs.callback(os.close, other)
    return os.fdopen(ours), other


def _into(wanted: Stream, theirs: ExitStack) -> tuple[IO[str] | None, int]:
    if wanted == subprocess.PIPE:
        other, ours = os.pipe()
        theirs.callback(os.close, other)
        return os.fdopen(ours, "w"), other
    return None, theirs.enter_context(open(os.devnull)).fileno()


def _out_of(wanted: Stream, own: int, theirs: ExitStack) -> tuple[IO[str] | None, int]:
    if wanted == subprocess.PIPE:
        return _pipe(theirs)
    if wanted == subprocess.DEVNULL:
        return None, theirs.enter_context(open(os.devnull, "w")).fileno()
    return None, own if wanted is None else wanted if isinstance(wanted, int) else wanted.fileno()
