"""The interlock knows whether it is whole, and says what is not."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from appliances.interlock import guard
from appliances.interlock.guard import InterlockMissing
from appliances.models import Circuit
from tests.interlock import house
from tests.interlock.triggers import ANY_TRIGGER, DROP, execute

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_seen_before(db: None) -> Iterator[None]:
    """What another test saw whole says nothing here, and what is seen here says nothing there."""
    guard.forget(connection)
    yield
    guard.forget(connection)


def test_it_is_put_right_by_installing_again() -> None:
    house.build()
    guard.remove(connection)
    Circuit.objects.update(load=77)
    guard.install(connection)
    guard.install(connection)
    assert guard.differences(connection) == []
    assert house.broken_rules() == []


@pytest.mark.parametrize(
    "easing",
    [
        f"UPDATE appliances_appliance SET is_on = false WHERE id = {house.CHARGER}",
        f"UPDATE appliances_appliance SET rated_mw = 1 WHERE id = {house.CHARGER}",
        f"DELETE FROM appliances_appliance WHERE id = {house.CHARGER}",
        f"UPDATE appliances_circuit SET limit_mw = 850 WHERE id = {house.GARAGE}",
    ],
)
def test_a_home_that_was_overloaded_without_it_can_only_be_eased(easing: str) -> None:
    house.build()
    guard.remove(connection)
    execute(f"UPDATE appliances_appliance SET is_on = true WHERE id IN ({house.CHARGER}, {house.KETTLE})")
    guard.install(connection)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(f"UPDATE appliances_appliance SET rated_mw = 401 WHERE id = {house.CHARGER}")
    execute(easing)
    loads = {pk: row["load_mw"] for pk, row in house.rows("circuit").items()}
    assert loads[house.MAIN] == loads[house.KITCHEN] + loads[house.GARAGE]


def test_a_breaker_that_was_lost_without_it_comes_back_only_if_it_carries_what_is_on() -> None:
    house.build()
    guard.remove(connection)
    if connection.vendor == "postgresql":
        execute("SET LOCAL session_replication_role = replica")
    execute(f"DELETE FROM appliances_circuit WHERE id = {house.GARAGE}")
    guard.install(connection)
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="voltsafe: overload"), transaction.atomic():
            cursor.execute(*house.insert("circuit", house.circuit(house.GARAGE, 1, house.MAIN, 499)))
        cursor.execute(*house.insert("circuit", house.circuit(house.GARAGE, 1, house.MAIN, 500)))
    assert house.broken_rules() == []


def test_removing_leaves_nothing_behind() -> None:
    guard.remove(connection)
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE 'voltsafe%'",
        "postgresql": "SELECT proname FROM pg_proc WHERE starts_with(proname, 'voltsafe') "
        "UNION ALL SELECT tgname FROM pg_trigger WHERE starts_with(tgname, 'voltsafe')",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        assert cursor.fetchall() == []


def test_installing_belongs_to_the_callers_transaction() -> None:
    with transaction.atomic():
        guard.remove(connection)
        transaction.set_rollback(True)
    assert guard.differences(connection) == []


def test_installing_with_foreign_keys_still_to_be_checked() -> None:
    house.build()
    guard.install(connection)
    assert guard.differences(connection) == []


def test_where_it_is_not_whole_it_says_what_to_do() -> None:
    execute(DROP)
    with pytest.raises(InterlockMissing, match=rf"{ANY_TRIGGER} is missing.*manage\.py migrate"):
        guard.assert_intact(connection)


@pytest.mark.sqlite
def test_a_trigger_dropped_on_sqlite_is_noticed_at_once() -> None:
    guard.assert_intact(connection)
    execute(DROP)
    with pytest.raises(InterlockMissing):
        guard.assert_intact(connection)


@pytest.mark.sqlite
def test_a_second_look_at_sqlite_asks_for_the_schema_version_only() -> None:
    guard.assert_intact(connection)
    with CaptureQueriesContext(connection) as asked:
        guard.assert_intact(connection)
    assert [query["sql"] for query in asked] == ["PRAGMA schema_version"]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "what", [pytest.param("transaction", marks=pytest.mark.django_db(transaction=True)), "savepoint"]
)
def test_a_version_seen_whole_does_not_count_when_it_was_rolled_back(what: str) -> None:
    assert connection.in_atomic_block == (what == "savepoint")
    with transaction.atomic():
        execute("CREATE TABLE soon_gone (id integer)")
        guard.assert_intact(connection)
        transaction.set_rollback(True)
    execute(DROP)  # which gives the schema the version that was seen whole
    with pytest.raises(InterlockMissing):
        guard.assert_intact(connection)


@pytest.mark.postgres
def test_postgresql_is_looked_at_again_after_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    guard.assert_intact(connection)
    execute(DROP)
    clock[0] += 9.9
    guard.assert_intact(connection)
    clock[0] += 0.1
    with pytest.raises(InterlockMissing):
        guard.assert_intact(connection)


@pytest.mark.postgres
def test_a_look_at_postgresql_counts_for_a_while_and_costs_nothing() -> None:
    guard.assert_intact(connection)
    with CaptureQueriesContext(connection) as asked:
        guard.assert_intact(connection)
    assert len(asked) == 0


@pytest.mark.postgres
def test_a_postgresql_that_was_not_whole_is_looked_at_again_at_once() -> None:
    execute(DROP)
    for _ in range(2):
        with pytest.raises(InterlockMissing):
            guard.assert_intact(connection)
    guard.install(connection)
    guard.assert_intact(connection)


def test_only_its_own_refusals_are_its_own() -> None:
    house.build()
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Circuit.objects.filter(pk=house.MAIN).update(limit=0)
    assert guard.is_interlock_error(refusal.value)
    with pytest.raises(IntegrityError) as other, transaction.atomic():
        Circuit.objects.filter(pk=house.MAIN).update(name=None)
    assert not guard.is_interlock_error(other.value)
    assert not guard.is_interlock_error(ValueError("voltsafe: no"))
