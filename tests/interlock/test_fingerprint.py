"""Whatever is not exactly as it was installed has a name."""

import re

import pytest
from django.db import connection

from appliances.interlock import guard
from appliances.interlock.sqlite.triggers import TRIGGERS
from appliances.models import Circuit
from tests.interlock.triggers import ANY_TRIGGER, DROP, execute

pytestmark = pytest.mark.django_db


def test_migrations_leave_it_whole() -> None:
    assert guard.differences(connection) == []
    guard.assert_intact(connection)


def test_names_a_trigger_that_is_missing() -> None:
    execute(DROP)
    assert guard.differences(connection) == [f"trigger {ANY_TRIGGER} is missing"]


def test_names_everything_where_nothing_is_left() -> None:
    guard.remove(connection)
    assert len(guard.differences(connection)) > 10


@pytest.mark.sqlite
def test_names_a_trigger_that_was_altered_on_sqlite() -> None:
    execute(DROP)
    execute(f"CREATE TRIGGER {ANY_TRIGGER} AFTER UPDATE ON appliances_circuit BEGIN SELECT 1; END")
    assert guard.differences(connection) == [f"trigger {ANY_TRIGGER} is not as installed"]


@pytest.mark.sqlite
def test_names_a_trigger_of_another_hand_on_sqlite() -> None:
    execute("CREATE TRIGGER quiet AFTER INSERT ON appliances_appliance BEGIN SELECT RAISE(IGNORE); END")
    assert guard.differences(connection) == ["trigger quiet on appliances_appliance is not ours"]


@pytest.mark.sqlite
def test_minds_no_trigger_on_a_table_it_does_not_guard() -> None:
    execute("CREATE TRIGGER elsewhere AFTER INSERT ON appliances_token BEGIN SELECT 1; END")
    assert guard.differences(connection) == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "ALTER TABLE appliances_circuit DISABLE TRIGGER voltsafe_circuit_changed",
            "trigger voltsafe_circuit_changed is not always enabled",
        ),
        (
            "ALTER TABLE appliances_circuit ENABLE TRIGGER voltsafe_circuit_changed",
            "trigger voltsafe_circuit_changed is not always enabled",
        ),
        (
            "CREATE OR REPLACE TRIGGER voltsafe_circuit_changed AFTER INSERT ON appliances_circuit"
            " FOR EACH ROW EXECUTE FUNCTION voltsafe_circuit_changed()",
            "trigger voltsafe_circuit_changed is not always enabled",
        ),
        (
            "CREATE OR REPLACE TRIGGER voltsafe_circuit_changed AFTER INSERT ON appliances_circuit"
            " FOR EACH ROW EXECUTE FUNCTION voltsafe_circuit_changed();"
            "ALTER TABLE appliances_circuit ENABLE ALWAYS TRIGGER voltsafe_circuit_changed",
            "trigger voltsafe_circuit_changed is not as installed",
        ),
        (
            "CREATE OR REPLACE TRIGGER voltsafe_circuit_changed AFTER INSERT OR UPDATE OF limit_mw OR DELETE"
            " ON appliances_circuit FOR EACH ROW EXECUTE FUNCTION voltsafe_circuit_changed();"
            "ALTER TABLE appliances_circuit ENABLE ALWAYS TRIGGER voltsafe_circuit_changed",
            "trigger voltsafe_circuit_changed is not as installed",
        ),
        (
            "CREATE OR REPLACE TRIGGER voltsafe_circuit_changed AFTER INSERT OR UPDATE OR DELETE"
            " ON appliances_circuit FOR EACH ROW WHEN (false) EXECUTE FUNCTION voltsafe_circuit_changed();"
            "ALTER TABLE appliances_circuit ENABLE ALWAYS TRIGGER voltsafe_circuit_changed",
            "trigger voltsafe_circuit_changed is not as installed",
        ),
        (
            "CREATE OR REPLACE FUNCTION voltsafe_check(home bigint) RETURNS void LANGUAGE plpgsql"
            " SET search_path TO pg_catalog, public, pg_temp AS 'BEGIN END'",
            "function voltsafe_check is not as installed",
        ),
        ("ALTER FUNCTION voltsafe_repair RESET ALL", "function voltsafe_repair is not as installed"),
        ("ALTER FUNCTION voltsafe_repair STABLE", "function voltsafe_repair is not as installed"),
        ("ALTER FUNCTION voltsafe_repair SECURITY DEFINER", "function voltsafe_repair is not as installed"),
        ("ALTER FUNCTION voltsafe_repair RENAME TO elsewhere", "function voltsafe_repair is missing"),
        (
            "CREATE FUNCTION voltsafe_check(home integer) RETURNS void LANGUAGE sql AS 'SELECT'",
            "function voltsafe_check is not as installed",
        ),
        (
            "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
            "CREATE TRIGGER quiet BEFORE UPDATE ON appliances_appliance FOR EACH ROW EXECUTE FUNCTION quiet()",
            "trigger quiet on appliances_appliance is not ours",
        ),
    ],
)
def test_names_what_was_altered_on_postgresql(change: str, said: str) -> None:
    execute(change)
    assert guard.differences(connection) == [said]


@pytest.mark.sqlite
def test_every_column_whose_change_can_make_replace_delete_a_circuit_is_watched() -> None:
    """The trigger sleeps where nothing but the load changes; a new unique column has to wake it."""
    watched = set(re.findall(r"NEW\.(\w+) IS NOT OLD", TRIGGERS["voltsafe_circuit_after_update"].split(" BEGIN")[0]))
    columns = {field.column for field in Circuit._meta.concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sql, (SELECT group_concat(name) FROM pragma_index_info(i.name)))"
            " FROM pragma_index_list('appliances_circuit') i JOIN sqlite_master USING (name) WHERE \"unique\""
        )
        unique = {word for (sql,) in cursor.fetchall() for word in re.findall(r"\w+", sql)} & columns
    assert "name" in unique
    assert unique <= watched
