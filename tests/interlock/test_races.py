"""Sessions that write at the same moment, in raw SQL and with no lock but the interlock's own."""

import random
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import Error, connection, transaction

from appliances.interlock import guard
from tests.interlock import house
from tests.interlock.house import IRON, OTHER_MAIN

Session = psycopg.Connection[Any]

pytestmark = pytest.mark.django_db(transaction=True)

SECOND_HOB, FAN, LAMP = 13, 14, 15
LAUNDRY, CELLAR = 12, 13
ON = "UPDATE appliances_appliance SET is_on = true"


@pytest.fixture(autouse=True)
def _two_homes(transactional_db: None) -> None:
    """In the second the fan is on, and there is room for either the iron or the second hob."""
    house.build()
    with connection.cursor() as cursor:
        for sql, values in (
            (f"UPDATE appliances_appliance SET is_on = false WHERE id = {house.HOB}", None),
            house.insert(
                "circuit", house.circuit(LAUNDRY, 2, OTHER_MAIN, 700), house.circuit(CELLAR, 2, OTHER_MAIN, 400)
            ),
            house.insert(
                "appliance",
                house.appliance(SECOND_HOB, 2, OTHER_MAIN, 600, False),
                house.appliance(FAN, 2, LAUNDRY, 100, True),
            ),
            (f"UPDATE appliances_appliance SET circuit_id = {LAUNDRY} WHERE id = {IRON}", None),
        ):
            cursor.execute(sql, values)


@pytest.fixture
def sessions() -> Iterator[tuple[Session, Session]]:
    told = connection.get_connection_params()
    parameters = {name: told[name] for name in ("dbname", "user", "host", "port", "password") if name in told}
    with psycopg.connect(**parameters) as one, psycopg.connect(**parameters) as other:
        yield one, other


def race(first: Session, second: Session, *statements: str) -> Exception | None:
    """The first session writes, and commits when the second has written too or waits for the first.

    Unless told otherwise, the first switches the iron on and the second its hob. Returns what stopped the second.
    """
    leading, following = statements or (f"{ON} WHERE id = {IRON}", f"{ON} WHERE id = {SECOND_HOB}")
    stopped: list[Exception] = []

    def write_and_commit() -> None:
        try:
            second.execute(following)
            second.commit()
        except psycopg.Error as error:
            stopped.append(error)
            second.rollback()

    second.execute("SELECT count(*) FROM appliances_appliance")  # where a snapshot is taken, it is taken here
    second_backend = second.info.backend_pid
    first.execute(leading)
    thread = threading.Thread(target=write_and_commit)
    thread.start()
    while thread.is_alive() and not is_waiting(second_backend):
        thread.join(0.01)
    first.commit()
    thread.join()
    return stopped[0] if stopped else None


def is_waiting(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend])
        return bool(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.parametrize("level", ["READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE"])
def test_of_two_sessions_whose_appliances_do_not_both_fit_one_is_stopped(
    sessions: tuple[Session, Session], level: str
) -> None:
    sessions[1].isolation_level = psycopg.IsolationLevel[level]
    assert isinstance(race(*sessions), psycopg.errors.CheckViolation)
    assert house.broken_rules() == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    "wanted",
    [
        f"UPDATE appliances_appliance SET is_on = false WHERE id = {FAN}",
        f"UPDATE appliances_appliance SET rated_mw = 1 WHERE id = {FAN}",
        f"DELETE FROM appliances_appliance WHERE id = {FAN}",
        f"UPDATE appliances_circuit SET load_mw = 0 WHERE id = {OTHER_MAIN}",
        f"UPDATE appliances_circuit SET limit_mw = 599 WHERE id = {OTHER_MAIN}",
        f"UPDATE appliances_circuit SET parent_id = {CELLAR} WHERE id = {LAUNDRY}",
    ],
)
def test_whatever_the_second_session_writes_the_loads_are_right(sessions: tuple[Session, Session], wanted: str) -> None:
    race(*sessions, f"{ON} WHERE id = {IRON}", wanted)
    assert house.broken_rules() == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        f"DELETE FROM appliances_appliance WHERE id = {LAMP}",
        f"UPDATE appliances_appliance SET is_on = false WHERE id = {LAMP}",
    ],
)
def test_two_sessions_that_take_away_the_same_watts_take_them_away_twice(
    sessions: tuple[Session, Session], change: str
) -> None:
    """Without the lock the second finds the load as it would leave it, and leaves it."""
    with connection.cursor() as cursor:
        cursor.execute(*house.insert("appliance", house.appliance(LAMP, 2, LAUNDRY, 100, True)))
    off = f"UPDATE appliances_appliance SET is_on = false WHERE id = {FAN}"
    assert race(*sessions, off, change) is None
    assert house.broken_rules() == []


@pytest.mark.postgres
def test_nothing_is_switched_on_at_a_circuit_that_is_being_deleted_without_foreign_keys(
    sessions: tuple[Session, Session],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM appliances_appliance WHERE id = {FAN}")
    delete = f"SET LOCAL session_replication_role = replica; DELETE FROM appliances_circuit WHERE id = {LAUNDRY}"
    assert race(*sessions, delete, f"{ON} WHERE id = {IRON}") is not None
    assert house.broken_rules() == []


@pytest.mark.postgres
@pytest.mark.parametrize("without", ["the interlock", "its lock"])
def test_control_both_are_let_through(sessions: tuple[Session, Session], without: str) -> None:
    with connection.cursor() as cursor:
        if without == "its lock":
            cursor.execute("ALTER FUNCTION voltsafe_lock RENAME TO voltsafe_real_lock")
            cursor.execute(
                "CREATE FUNCTION voltsafe_lock(home bigint, must_exist boolean) RETURNS void LANGUAGE sql AS 'SELECT'"
            )
        else:
            guard.remove(connection)
    assert race(*sessions) is None
    assert "circuit 11 carries 1200 of 1000" in house.broken_rules()


def test_writers_that_switch_at_random_never_break_a_rule() -> None:
    """Raw SQL, each statement its own transaction; a deadlock or a busy database is an answer too."""
    answers: list[str] = []

    def switch(dice: random.Random) -> None:
        for _ in range(60):
            pk = dice.choice([house.OVEN, house.HEATER, house.KETTLE, house.CHARGER, house.HOB, IRON, SECOND_HOB])
            change = "UPDATE appliances_appliance SET is_on = %s WHERE id = %s"
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(change, [dice.random() < 0.7, pk])
            except Error as error:
                answers.append("refused" if guard.is_interlock_error(error) else "failed")
            else:
                answers.append("done")
        connection.close()

    threads = [threading.Thread(target=switch, args=(random.Random(seed),)) for seed in range(4)]
    for thread in threads:
        thread.start()
    seen = []
    while any(thread.is_alive() for thread in threads):
        seen += rules_broken_at_one_moment()
        threads[0].join(0.01)
    for thread in threads:
        thread.join()
    assert seen == []
    assert rules_broken_at_one_moment() == []
    assert answers.count("done") > 20
    assert answers.count("refused") > 5


def rules_broken_at_one_moment() -> list[str]:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return house.broken_rules()
