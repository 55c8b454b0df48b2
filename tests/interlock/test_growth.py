"""What a switch costs grows with what is on, not with all there is: sums read an index of that alone."""

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from appliances.interlock import guard
from appliances.interlock.sqlite.triggers import TRIGGERS
from tests.interlock import house
from tests.interlock.scratch import assert_still_guarded
from tests.interlock.test_migrations import apply, changes_to

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

ADDS_UP = [name for name, sql in TRIGGERS.items() if "appliances_appliance a" in sql]
READ = "SEARCH a USING COVERING INDEX voltsafe_on (home_id=?"


@pytest.mark.parametrize("trigger", ADDS_UP)
def test_what_is_on_is_read_from_its_index_alone(trigger: str) -> None:
    found = list(reads_of_appliances(trigger, connection))
    assert found
    assert all(one.startswith(READ) for one in found), found


@pytest.mark.parametrize("trigger", ADDS_UP)
def test_statistics_lead_to_no_other_plan(trigger: str) -> None:
    house.build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = list(reads_of_appliances(trigger, connection))
    assert all(one.startswith(READ) for one in found), found


def test_the_index_is_kept_through_a_rebuild_of_its_table(scratch: BaseDatabaseWrapper) -> None:
    apply(scratch, changes_to("appliance")["a check"])
    assert all(one.startswith(READ) for one in reads_of_appliances(ADDS_UP[0], scratch))


def test_without_the_index_it_is_slower_and_no_weaker() -> None:
    house.build()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX voltsafe_on")
        with pytest.raises(IntegrityError, match="voltsafe: overload"), transaction.atomic():
            cursor.execute(f"UPDATE appliances_appliance SET is_on = 1 WHERE id = {house.KETTLE}")
        cursor.execute(f"UPDATE appliances_appliance SET is_on = 0 WHERE id = {house.OVEN}")
    assert house.broken_rules() == []
    assert guard.differences(connection) == []


def test_a_database_from_before_it_is_given_it(scratch: BaseDatabaseWrapper) -> None:
    migrate_to(scratch, "0005")
    assert guard.differences(scratch) != []
    migrate_to(scratch, "0007")
    assert_still_guarded(scratch)
    assert all(one.startswith(READ) for one in reads_of_appliances(ADDS_UP[0], scratch))


def migrate_to(database: BaseDatabaseWrapper, migration: str) -> None:
    call_command("migrate", "appliances", migration, database=database.alias, verbosity=0)


def reads_of_appliances(trigger: str, database: BaseDatabaseWrapper) -> Iterator[str]:
    """How SQLite gets at the rows, and at what it builds from them, by its own account."""
    with database.cursor() as cursor:
        for statement in TRIGGERS[trigger].split(" BEGIN\n")[1].removesuffix("\nEND").split(";\n"):
            asked = re.sub(r"RAISE\(ABORT, '[^']*'\)", "1", statement)
            cursor.execute(f"EXPLAIN QUERY PLAN {re.sub(r'(NEW|OLD)[.][a-z_]+', '7', asked)}")
            yield from (step for *_ids, step in cursor.fetchall() if re.search(r"\ba\b", step))
