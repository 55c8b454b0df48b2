"""What one tick of the controller costs: one home of 15, 100 and 1000 appliances, and a thousand homes.

`python benchmarks/controller.py` makes its own SQLite database in a folder of its own, about a minute. The control, in
the same run, is a tick that finds nothing due. "looking" finds a home due where nothing is to be done; "shedding" finds
a limit that has just begun; a thousand homes are idle, then all of them have a wait that finds no room.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2030, 1, 1, 18, 0, tzinfo=UTC)
SIZES = (15, 100, 1000)
HOMES = 1000


def main() -> None:
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(VOLTSAFE_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="voltsafe.settings")
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    _measure()


def _measure() -> None:
    from appliances.models import Home
    from appliances.services import tending

    tending.tick(START)
    idle = _timed(lambda: tending.tick(START), 30)
    print(f"{'':52}{'ms':>9}{'/ control':>11}")
    _say("control: a tick that finds nothing due", idle, idle)
    for size in SIZES:
        homes = [_a_home(size) for _ in range(3)]
        look = _timed(lambda pk=homes[0]: tending.tend(home_id=pk, now=START), 7)
        _say(f"{size} appliances: looking, a wait finds no room", look, idle)
        _say(f"{size} appliances: shedding for a new limit", median(map(_shedding, homes)), idle)
    Home.objects.update(wake_at=None)
    for _ in range(HOMES):
        _a_home(3)
    Home.objects.filter(wake_at__isnull=True).update(wake_at=START + timedelta(days=1))
    _say(f"{HOMES} homes, a wait in each, none due", _timed(lambda: tending.tick(START), 7), idle)
    _say(f"{HOMES} homes, all due at once", _timed(lambda: tending.tick(START), 2, before=_wake_all), idle)


def _say(name: str, took: float, control: float) -> None:
    print(f"{name:52}{took * 1000:9.2f}{took / control:11.1f}")


def _timed(step: Callable[[], Any], rounds: int, *, before: Callable[[], Any] = lambda: None) -> float:
    """Seconds, the median."""
    took = []
    for _ in range(rounds):
        before()
        began = time.perf_counter()
        step()
        took.append(time.perf_counter() - began)
    return median(took)


def _a_home(size: int) -> int:
    """Armed; half of its appliances on, each may be shed; the last waits for room that there is not."""
    from django.db import transaction

    from appliances.models import Appliance, Circuit, Controller, Home, Wait

    with transaction.atomic():
        number = Home.objects.count()
        home = Home.objects.create(name=f"Home {number}", slug=f"home-{number}")
        main = Circuit.objects.create(home=home, name="Main", limit=Decimal(size // 2 * 100 + 50))
        rules = {"circuit": main, "rated": Decimal(100), "may_be_shed": True, "returns_by_itself": True}
        rows = Appliance.objects.bulk_create(
            Appliance(home=home, name=f"Appliance {n}", priority=n + 1, **rules) for n in range(size)
        )
        Appliance.objects.filter(pk__in=[row.pk for row in rows[: size // 2]]).update(is_on=True)
        Controller.objects.create(home=home, mode="armed")
        Wait.objects.create(home=home, appliance=rows[-1], asked_at=START, expires_at=START + timedelta(days=5))
    return home.pk


def _shedding(home_id: int) -> float:
    """Seconds for the tick in which a limit of a tenth begins."""
    from appliances.models import Appliance, TemporaryLimit
    from appliances.services import actor, limits, tending

    size = Appliance.objects.filter(home=home_id).count()
    wanted = {"limit": Decimal(size * 5), "ends_at": START + timedelta(days=1)}
    limits.add(home_id=home_id, wanted=wanted, by=actor.SYSTEM, now=START)
    took = _timed(lambda: tending.tend(home_id=home_id, now=START), 1)
    on = Appliance.objects.filter(home=home_id, is_on=True).count()
    assert on * 100 <= size * 5, on
    TemporaryLimit.objects.all().delete()
    return took


def _wake_all() -> None:
    from appliances.models import Home

    Home.objects.update(wake_at=START)


if __name__ == "__main__":
    main()
