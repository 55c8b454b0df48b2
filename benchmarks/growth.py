"""What a toggle costs in a home of ten, a hundred and a thousand appliances, in turns, in one run.

On SQLite, and where DATABASE_URL and REDIS_URL are given on PostgreSQL too, in three homes of one server.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from benchmarks import load, servers
from benchmarks.load import Figures
from benchmarks.servers import Server

APPLIANCES = (10, 100, 1000)
CLIENTS = 10


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    where = {"SQLite": on_sqlite, **({"PostgreSQL": on_postgresql} if os.environ.get("DATABASE_URL") else {})}
    found: dict[str, Any] = {}
    for name, opened in where.items():
        figures = {appliances: Figures() for appliances in APPLIANCES}
        with opened() as servers_of:
            homes = {appliances: (server, load.post_toggle(server)) for appliances, server in servers_of.items()}
            for home in homes.values():
                load.drive(*home, Figures(), clients=CLIENTS, seconds=1)
            for _ in range(rounds):
                for appliances, home in homes.items():
                    load.drive(*home, figures[appliances], clients=CLIENTS, seconds=seconds)
        found[f"{CLIENTS} clients, {name}"] = {f"{many} appliances": one.row() for many, one in figures.items()}
    return found


@contextmanager
def on_sqlite() -> Iterator[dict[int, Server]]:
    with ExitStack() as open_:
        homes = {}
        for appliances in APPLIANCES:
            folder = open_.enter_context(tempfile.TemporaryDirectory())
            homes[appliances] = open_.enter_context(servers.voltsafe(folder))
            servers.furnish(homes[appliances], appliances, circuits=circuits_for(appliances))
        yield homes


@contextmanager
def on_postgresql() -> Iterator[dict[int, Server]]:
    with (
        servers.postgresql_and_redis() as given,
        tempfile.TemporaryDirectory() as folder,
        servers.voltsafe(folder, environment=given) as server,
    ):
        homes = {}
        for appliances in APPLIANCES:
            home = server.ask("POST", "/api/v1/homes", {"name": f"Home of {appliances}", "limit_watts": 5000})["slug"]
            servers.furnish(server, appliances, home=home, circuits=circuits_for(appliances))
            homes[appliances] = replace(server)
        yield homes


def circuits_for(appliances: int) -> int:
    return max(2, appliances // 20)
