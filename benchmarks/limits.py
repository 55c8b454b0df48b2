"""The physical limits under every other row: what the disk commits and what the server answers, without ours."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks import load, servers
from benchmarks.load import Figures

CLIENTS = (1, 50)


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    # Beside the program: where the system's temporary files lie may be memory.
    with tempfile.TemporaryDirectory(dir=servers.ROOT) as folder:
        disk = {
            "fdatasync of 4 kB": _rate(_writer(Path(folder) / "file"), seconds),
            "SQLite, WAL, FULL, one row updated": _sqlite(Path(folder) / "database", seconds),
        }
    answers: dict[str, dict[str, float]] = {}
    with servers.raw("daphne") as server:
        request = load.get(server, "/healthz")
        for clients in CLIENTS:
            figures = Figures()
            load.drive(server, request, Figures(), clients=clients, seconds=1)
            for _ in range(rounds):
                load.drive(server, request, figures, clients=clients, seconds=seconds)
            answers[f"{clients} clients"] = figures.row()
    return {"commits": disk, "a raw ASGI answer of Daphne": answers}


def _rate(once: Callable[[], object], seconds: float) -> dict[str, float]:
    took: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        once()
        took.append(time.perf_counter() - began)
    took.sort()
    return {"per_second": len(took) / sum(took), "p99_ms": 1000 * took[int(0.99 * len(took))]}


def _writer(path: Path) -> Callable[[], object]:
    file = os.open(path, os.O_CREAT | os.O_WRONLY)

    def once() -> None:
        os.pwrite(file, b"x" * 4096, 0)
        os.fdatasync(file)

    return once


def _sqlite(path: Path, seconds: float) -> dict[str, float]:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE one (value INTEGER)")
        database.execute("INSERT INTO one VALUES (0)")
        return _rate(lambda: database.execute("UPDATE one SET value = value + 1"), seconds)
