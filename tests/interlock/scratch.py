"""A SQLite file of a test's own, which it may migrate as it likes."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from appliances.interlock import guard
from tests.interlock import house


@contextlib.contextmanager
def opened(file: Path) -> Iterator[BaseDatabaseWrapper]:
    connections.databases["scratch"] = {**connections.databases["default"], "NAME": str(file)}
    try:
        yield connections["scratch"]
    finally:
        connections["scratch"].close()
        del connections["scratch"]
        del connections.databases["scratch"]


def assert_still_guarded(database: BaseDatabaseWrapper) -> None:
    assert guard.differences(database) == []
    assert_refused(database, f"UPDATE appliances_appliance SET is_on = 1 WHERE id = {house.KETTLE}")
    assert_refused(database, "DELETE FROM appliances_decision")
    with database.cursor() as cursor:
        cursor.execute(f"UPDATE appliances_appliance SET is_on = 0 WHERE id = {house.OVEN}")
        cursor.execute("SELECT load_mw FROM appliances_circuit ORDER BY id")
        assert [load for (load,) in cursor.fetchall()] == [500, 0, 0, 500, 600]


def assert_refused(database: BaseDatabaseWrapper, sql: str) -> None:
    with pytest.raises(IntegrityError) as refusal, database.cursor() as cursor:
        cursor.execute(sql)
    assert guard.is_interlock_error(refusal.value)
