"""kill -9 of a backup, of a restore and of an upgrade: what was there is there, or what was to come is, whole.

VOLTSAFE_TORTURE=20 kills twenty times as often.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random, random
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from appliances.interlock import guard
from appliances.models import Appliance
from appliances.services import probing, verifying
from tests.backups import furniture
from tests.backups.doing import backed_up, held, lineages
from tests.backups.installation import Database, environment, let_go, lived_in
from tests.builders import turn_on
from tests.forking.process import Process
from voltsafe import startup, static_files
from voltsafe.backups import automatic

TORTURE = int(os.environ.get("VOLTSAFE_TORTURE") or 1)
SEED = int(os.environ.get("VOLTSAFE_SEED") or random() * 2**32)
START = "import django; django.setup(); from tests.backups import killer; killer.serve()"

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120 + 60 * TORTURE)]


class Killer:
    """Does something to a database, step by step, and is killed at one of the steps."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._process = Process(
            [sys.executable, "-W", "error", "-c", START],
            env=environment(database, folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def tell(self, deed: str, path: Path, *, kill_at: int = 0) -> int:
        """How many steps it took where it was not killed; 0 where it was."""
        let_go()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        name, folder = str(connection.settings_dict["NAME"]), str(settings.DATA_DIR)
        order = {"deed": deed, "path": str(path), "kill_at": kill_at, "name": name, "folder": folder}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert told["how"] == (-signal.SIGKILL if kill_at else 0), told
        return int(told["steps"])

    def leave(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def killer(_plain: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    made = Killer(_plain, tmp_path_factory.mktemp("killer"))
    yield made
    made.leave()


@pytest.fixture
def dice() -> Random:
    sys.stdout.write(f"VOLTSAFE_SEED={SEED} does the same again.\n")
    return Random(SEED)


def assert_whole() -> None:
    assert (guard.differences(connection), verifying.differences()) == ([], [])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@contextmanager
def a_copy(of: Database, folder: Path) -> Iterator[Path]:
    """Lived in, in a folder of its own."""
    let_go()
    folder.mkdir()
    database = of.copy(folder)
    with lived_in(database, folder):
        yield folder
    database.drop()


def test_a_killed_restore_leaves_the_old_or_the_new(
    home: Database, tmp_path: Path, killer: Killer, dice: Random
) -> None:
    wanted = backed_up(tmp_path / "wanted.zip")
    turn_on(Appliance.objects.get(name="Heater"))
    old, new = held(backed_up(tmp_path / "old.zip")), held(wanted)
    with a_copy(home, tmp_path / "counted"):
        steps = killer.tell("restore", wanted)
        assert held(backed_up(tmp_path / "restored.zip")) == new
    # On SQLite right before the new file gets its name, and right after; on PostgreSQL before the end and after it.
    before, after = {"sqlite": (steps - 5, steps - 4), "postgresql": (steps - 1, steps)}[connection.vendor]
    for kill_at in dice.sample(range(1, before), TORTURE):
        with a_copy(home, tmp_path / str(kill_at)) as folder:
            killer.tell("restore", wanted, kill_at=kill_at)
            assert held(backed_up(folder / "found.zip")) == old
            assert_whole()
    with a_copy(home, tmp_path / "last") as folder:
        killer.tell("restore", wanted, kill_at=before)
        assert held(backed_up(folder / "before.zip")) == old
        killer.tell("restore", wanted, kill_at=after)
        assert held(backed_up(folder / "after.zip")) == new
        assert not lineages(folder / "after.zip") & lineages(wanted), "what is restored is never without its own"
        assert lineages(folder / "before.zip") == lineages(wanted)
        assert_whole()
        assert not list(folder.glob("*.restoring*")), "what the first one left is gone"


def test_a_killed_backup_leaves_nothing_half_done(home: Database, tmp_path: Path, killer: Killer, dice: Random) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    # The last step takes the other name away from what has its own already.
    steps = killer.tell("back up", folder / "whole.zip")
    whole = held(folder / "whole.zip")
    for kill_at in [*dice.sample(range(1, steps - 1), 2 * TORTURE), steps - 1]:
        killer.tell("back up", folder / "voltsafe-killed.zip", kill_at=kill_at)
        assert not (folder / "voltsafe-killed.zip").exists()
    killer.tell("back up", folder / "voltsafe-complete.zip", kill_at=steps)
    again = backed_up(folder)

    assert sorted(folder.iterdir()) == sorted([folder / "whole.zip", folder / "voltsafe-complete.zip", again])
    assert held(folder / "voltsafe-complete.zip") == held(again) == whole
    assert_whole()


def test_a_killed_upgrade_is_brought_to_its_end_by_the_next_start(
    old_home: Database, tmp_path: Path, killer: Killer, dice: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "collect", lambda _say: None)
    before, missing = furniture.decisions(), probing.migrations()[1]
    with a_copy(old_home, tmp_path / "counted"):
        steps = killer.tell("start", tmp_path)
        assert probing.migrations() == ([], [])
    for kill_at in [*dice.sample(range(1, steps), 2 * TORTURE), steps]:
        with a_copy(old_home, tmp_path / str(kill_at)) as folder:
            killer.tell("start", tmp_path, kill_at=kill_at)
            kept = list((folder / automatic.FOLDER).glob("*.zip"))
            assert kept or probing.migrations()[1] == missing, "nothing is migrated before there is a backup"
            served = not probing.migrations()[1]
            assert not served or guard.differences(connection) == [], "it would be served without the interlock"
            startup.prepare(lambda _line: None)

            assert probing.migrations() == ([], [])
            assert furniture.decisions() == before
            assert_whole()
