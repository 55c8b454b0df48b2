"""Toggles spread over 1, 100 and 1000 homes on PostgreSQL, by 1 and by 2 web processes.

Needs DATABASE_URL (a server where it may make a database) and REDIS_URL. The processor seconds are those of the web
processes and, beside them, of PostgreSQL for them: together they say how full the machine was.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import load, servers
from benchmarks.load import Figures, Watched
from benchmarks.servers import ROOT, Server

HOMES = (1, 100, 1000)
CLIENTS = 32
MAKE_HOMES = f"""
from django.db import transaction
from appliances.models import Appliance, Circuit, Home, Membership, User
user = User.objects.get(username="bench")
for number in range({max(HOMES)}):
    with transaction.atomic():
        home = Home.objects.create(name=f"Home {{number}}", slug=f"many-{{number}}")
        Membership.objects.create(user=user, home=home, role="owner")
        main = Circuit.objects.create(home=home, name="Main", limit=8000)
        lots = [
            Appliance(home=home, circuit=main, name=f"Lamp {{n}}", rated=1, priority=n + 1)
            for n in range({CLIENTS} if number == 0 else 1)
        ]
        for one in lots:
            one.save()
            print(home.pk, one.pk)
"""
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        given = stack.enter_context(servers.postgresql_and_redis())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        first = stack.enter_context(servers.voltsafe(f"{folder}/1", environment=given))
        second = stack.enter_context(servers.voltsafe(f"{folder}/2", environment={**given, "VOLTSAFE_CONTROLLER": "0"}))
        lamps = _made(folder, given)
        is_on: dict[int, bool] = {}
        address = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + given["DATABASE_URL"].rpartition("/")[2]
        looking = stack.enter_context(psycopg.connect(address, autocommit=True))
        for homes in HOMES:
            for web in (1, 2):
                figures, of_database = Figures(), Figures()
                watched = Watched(lambda: sum(servers.cpu_of(pid) for (pid,) in looking.execute(BACKENDS)), of_database)
                contenders = [replace(one, appliances=_spread(lamps, homes)) for one in (first, second)[:web]]
                _drive(contenders, Figures(), 1.0, is_on, None)
                for _ in range(rounds):
                    _drive(contenders, figures, seconds, is_on, watched)
                row = {**figures.row(), "database_cpu_ms": of_database.cpu_ms_of(figures)}
                found[f"{homes} homes, {web} web"] = row
    return {f"{CLIENTS} clients": found}


def _drive(
    contenders: list[Server], figures: Figures, seconds: float, is_on: dict[int, bool], watched: Watched | None
) -> None:
    first, *more = contenders
    request = load.post_toggle(first, CLIENTS, is_on)
    load.drive(first, request, figures, clients=CLIENTS, seconds=seconds, more=more, watched=watched)


def _spread(lamps: dict[int, list[int]], homes: int) -> tuple[int, ...]:
    """A lamp for each client: in one home, or each in another of so many."""
    if homes == 1:
        return tuple(next(iter(lamps.values())))
    several = [lot[0] for lot in lamps.values()][:homes]
    return tuple(several)


def _made(folder: str, given: dict[str, str]) -> dict[int, list[int]]:
    around = {"PATH": os.environ["PATH"], "VOLTSAFE_DATA_DIR": str(Path(folder) / "1"), **given}
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE_HOMES],
        cwd=ROOT,
        env=around,
        check=True,
        capture_output=True,
    )
    lamps: dict[int, list[int]] = {}
    for line in made.stdout.decode().splitlines():
        home, lamp = line.split()
        lamps.setdefault(int(home), []).append(int(lamp))
    return lamps
