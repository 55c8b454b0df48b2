"""A kill -9 in the middle of a migration leaves the interlock whole, or a database that is seen not to have it."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper

from appliances.interlock import guard
from appliances.interlock.sqlite.triggers import TRIGGERS
from tests.forking.process import run
from tests.interlock.scratch import assert_still_guarded, opened

KILLED_AT = """
import os, signal, sys
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from appliances.models import Appliance, Circuit, Decision

start, left, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]

def count(execute, sql, params, many, context):
    global left
    left -= sql.startswith(start)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(count):
    if what == "migrate":
        call_command("migrate", verbosity=0)
    for model in (Circuit, Appliance, Decision):
        with connection.schema_editor() as editor:
            editor._remake_table(model)
"""


def kill_at(file: Path, start: str, nth: int, what: str) -> None:
    """Kill a process of its own right before the nth statement that starts so."""
    settings = {"DATABASE_URL": f"sqlite:///{file}", "DJANGO_SETTINGS_MODULE": "voltsafe.settings"}
    killed = run(
        [sys.executable, "-W", "error", "-c", KILLED_AT, start, str(nth), what],
        env={**os.environ, **settings, "VOLTSAFE_DATA_DIR": str(file.parent)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL


@pytest.mark.sqlite
@pytest.mark.processes
@pytest.mark.parametrize(
    ("start", "nth"),
    [("DROP TRIGGER", 2), ("INSERT INTO", 2), ("ALTER TABLE", 3), ("CREATE TRIGGER", 1), ("CREATE TRIGGER", 20)],
)
def test_a_kill_in_the_middle_of_a_rebuild_loses_nothing(scratch: BaseDatabaseWrapper, start: str, nth: int) -> None:
    kill_at(Path(str(scratch.settings_dict["NAME"])), start, nth, "rebuild")
    assert_still_guarded(scratch)


@pytest.mark.sqlite
@pytest.mark.processes
@pytest.mark.parametrize(("start", "nth"), [("CREATE TABLE", 12), ("CREATE TRIGGER", 1), ("CREATE TRIGGER", 7)])
def test_a_kill_in_the_middle_of_the_first_migrate_is_noticed_and_made_good(
    tmp_path: Path, django_db_blocker: Any, start: str, nth: int
) -> None:
    file = tmp_path / "first.sqlite3"
    kill_at(file, start, nth, "migrate")
    with django_db_blocker.unblock(), opened(file) as database:
        assert len(guard.differences(database)) == len(TRIGGERS)
        call_command("migrate", database=database.alias, verbosity=0)
        assert guard.differences(database) == []
