"""A log that nobody reads holds up nobody, and says afterwards what it lacks."""

import http.client
import json
import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.forking.process import Process
from tests.serving.process import COMMAND, environment
from voltsafe import log_stream
from voltsafe.log_stream import LogStream


def missing(count: int) -> str:
    return f"{count} missing"


@pytest.fixture
def pipe() -> Iterator[tuple[int, LogStream]]:
    reading, writing = os.pipe()
    yield reading, LogStream(writing, missing)
    os.close(writing)
    os.close(reading)


def drained(reading: int) -> str:
    """All that is in it now."""
    found = b""
    while select.select([reading], [], [], 0)[0]:
        found += os.read(reading, 65536)
    return found.decode()


def all_of(reading: int, size: int) -> str:
    """Little by little, more slowly than it is written."""
    found = b""
    while len(found) < size:
        time.sleep(0.001)
        found += os.read(reading, 4096)
    return found.decode()


def test_what_finds_no_room_is_left_out_and_counted(pipe: tuple[int, LogStream]) -> None:
    reading, log = pipe
    for number in range(5000):
        log.write(f"line {number:06}, as long as many are in a log that tells what was asked for\n")
    there = drained(reading).splitlines()
    log.write("and on\n")

    assert there == [
        f"line {n:06}, as long as many are in a log that tells what was asked for" for n in range(len(there))
    ]
    assert 500 < len(there) < 5000
    assert drained(reading).splitlines() == [f"{5000 - len(there)} missing", "and on"]


def test_a_line_that_was_cut_ends_where_the_next_begins(pipe: tuple[int, LogStream]) -> None:
    reading, log = pipe
    log.write("long " * 100_000 + "\n")
    there = drained(reading)
    log.write("and on\n")

    assert "\n" not in there
    assert drained(reading) == "\n1 missing\nand on\n"


def test_a_reader_who_is_slow_gets_every_line(pipe: tuple[int, LogStream], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is slower here than patience allows is the machine."""
    monkeypatch.setattr(log_stream, "PATIENCE", 30.0)
    reading, log = pipe
    told = "".join(f"line {number}\n" for number in range(20_000))
    with ThreadPoolExecutor(1) as thread:
        reader = thread.submit(all_of, reading, len(told))
        for line in told.splitlines(keepends=True):
            log.write(line)
        said = reader.result(30)

    assert said == told


def test_a_terminal_that_was_halted_halts_nobody() -> None:
    screen, writing = pty.openpty()
    log = LogStream(writing, missing)
    termios.tcflow(writing, termios.TCOOFF)
    for _ in range(3):
        log.write("halted\n")
    termios.tcflow(writing, termios.TCOON)
    log.write("and on\n")

    assert drained(screen).split() == ["3", "missing", "and", "on"]
    os.close(writing)
    os.close(screen)


@pytest.mark.processes
def test_a_server_whose_log_nobody_reads_answers(served_once: Path) -> None:
    given = environment(served_once, VOLTSAFE_LOG="json", VOLTSAFE_CONTROLLER="0")
    server = Process(COMMAND, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stderr is not None
    try:
        while "VoltSafe is ready" not in server.stdout.readline():
            assert server.poll() is None
        with closing(http.client.HTTPConnection("127.0.0.1", int(given["PORT"]), timeout=20)) as line:
            for _ in range(800):
                line.request("GET", "/welcome/")
                with line.getresponse() as answer:
                    assert answer.status == 200
                    answer.read()
            there = drained(server.stderr.fileno())
            line.request("GET", "/healthz")
            with line.getresponse() as answer:
                assert answer.read() == b"ok\n"
        server.send_signal(signal.SIGTERM)
        rest = server.stderr.read()
        assert server.wait(30) == 0
    finally:
        server.kill()
        server.communicate()

    found = [json.loads(one) for one in (there + rest).splitlines()]
    lost = [one["count"] for one in found if one["event"] == "lines missing"]
    assert len(lost) == 1
    assert lost[0] > 100
    assert found[-1]["route"] == "healthz"
