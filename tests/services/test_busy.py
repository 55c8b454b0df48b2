"""When the home's turn does not come: waiting has an end, a victim of the database tries again, nothing is doubled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from appliances.models import Appliance, Home
from appliances.services import durable, switching, turn, verifying
from appliances.services import home as homes
from appliances.services.outcome import Busy, Changed
from appliances.services.turn import Turn
from tests.builders import a_home, an_appliance, turn_on
from tests.races.crowd import somebody_waits
from tests.services.asking import BY
from tests.services.rows import load_of, revision_of, rows_of

pytestmark = pytest.mark.django_db

in_real_transactions = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


@pytest.fixture
def kettle(home: Home) -> Appliance:
    return an_appliance(home, "Kettle", watts=2000)


@pytest.fixture
def impatient() -> Iterator[None]:
    """The database waits a twentieth of a second for a lock, on this test's connection."""
    hurry, as_before = {
        "sqlite": ("PRAGMA busy_timeout = 50", "PRAGMA busy_timeout = 5000"),
        "postgresql": ("SET lock_timeout = 50", "RESET lock_timeout"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(hurry)
    yield
    with connection.cursor() as cursor:
        cursor.execute(as_before)


@contextmanager
def somebody_else_in(home: Home) -> Iterator[None]:
    """Another connection is in the middle of a turn."""
    locked, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Home.objects.select_for_update(no_key=True).get(pk=home.pk)
            locked.set()
            let_go.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)
    try:
        yield
    finally:
        let_go.set()
        holder.join()


class Victim(Exception):
    """As the driver says it; Django wraps it."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def an_error_of_the_database(sqlstate: str) -> OperationalError:
    error = OperationalError("the database chose you")
    error.__cause__ = Victim(sqlstate)
    return error


@in_real_transactions
def test_a_home_that_is_busy_says_so_and_nothing_changes(home: Home, kettle: Appliance, impatient: None) -> None:
    before, revision = rows_of(home), revision_of(home)

    with somebody_else_in(home), pytest.raises(Busy, match="Nothing was changed; try again"):
        turn_on(kettle)

    assert (rows_of(home), revision_of(home)) == (before, revision)
    turn_on(kettle)
    assert load_of(home) == 2000


@in_real_transactions
@pytest.mark.postgres
def test_a_busy_home_keeps_no_other_home_waiting(home: Home, kettle: Appliance, impatient: None) -> None:
    with somebody_else_in(a_home()):
        turn_on(kettle)

    assert load_of(home) == 2000


@in_real_transactions
@pytest.mark.sqlite
def test_a_queue_that_is_too_long_is_busy_too(kettle: Appliance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.01)
    taken, let_go = threading.Event(), threading.Event()

    def hold(here: Turn) -> None:
        taken.set()
        let_go.wait(30)

    def holder() -> None:
        turn.take(home_id=kettle.home_id, body=hold, **BY)
        connections.close_all()

    thread = threading.Thread(target=holder)
    thread.start()
    assert taken.wait(30)
    with pytest.raises(Busy):
        turn_on(kettle)
    let_go.set()
    thread.join()

    turn_on(kettle)


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_the_victim_of_a_deadlock_is_run_again_and_done_once(home: Home, kettle: Appliance, sqlstate: str) -> None:
    revision, tries = revision_of(home), []

    def body(here: Turn) -> None:
        switching.set_state(here, here.appliance(kettle.pk), on=True)
        tries.append(here)
        if len(tries) < 3:
            raise an_error_of_the_database(sqlstate)

    changed = turn.take(home_id=home.pk, body=body, **BY)

    assert len(tries) == 3
    assert changed.revision == revision + 1 == revision_of(home)
    assert load_of(home) == 2000
    assert verifying.differences() == []


def test_a_new_home_that_was_a_victim_begins_at_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    changed_by, tries = Turn.changed, []

    def first_try_fails(*args: Any) -> Changed:
        tries.append(args)
        if len(tries) == 1:
            raise an_error_of_the_database("40P01")
        return changed_by(*args)

    monkeypatch.setattr(Turn, "changed", first_try_fails)

    changed = homes.add(wanted={"name": "Flat"}, owner=None, **BY)

    assert (len(tries), changed.revision, Home.objects.get().revision) == (2, 2, 2)
    assert verifying.differences() == []


def test_who_is_a_victim_again_and_again_is_told_that_the_home_is_busy(home: Home, kettle: Appliance) -> None:
    tries = []

    def body(here: Turn) -> None:
        tries.append(here)
        raise an_error_of_the_database("40P01")

    with pytest.raises(Busy):
        turn.take(home_id=home.pk, body=body, **BY)

    assert len(tries) == durable.TRIES


def test_any_other_error_of_the_database_is_not_taken_for_a_busy_home(home: Home) -> None:
    tries = []

    def body(here: Turn) -> None:
        tries.append(here)
        raise an_error_of_the_database("53100")

    with pytest.raises(OperationalError):
        turn.take(home_id=home.pk, body=body, **BY)

    assert len(tries) == 1


@in_real_transactions
@pytest.mark.postgres
def test_a_real_deadlock_ends_in_a_decision(home: Home, kettle: Appliance) -> None:
    """Raw SQL locks the appliance, then the home that it marks; a turn locks the home, then the appliance."""
    with connection.cursor() as cursor:
        cursor.execute("SET deadlock_timeout = '10ms'")
    appliance_locked, home_locked = threading.Event(), threading.Event()
    tries = []

    def raw_sql() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '1min'")
            Appliance.objects.select_for_update().get(pk=kettle.pk)
            appliance_locked.set()
            home_locked.wait(30)
            Appliance.objects.filter(pk=kettle.pk).update(note="raw")
        connections.close_all()

    def body(here: Turn) -> None:
        tries.append(here)
        home_locked.set()
        while len(tries) == 1 and not somebody_waits():
            pass
        switching.set_state(here, here.appliance(kettle.pk), on=True)

    thread = threading.Thread(target=raw_sql)
    thread.start()
    assert appliance_locked.wait(30)
    turn.take(home_id=home.pk, body=body, **BY)
    thread.join()
    with connection.cursor() as cursor:
        cursor.execute("RESET deadlock_timeout")

    # A turn that comes back before the other session has woken up is a victim once more.
    assert 2 <= len(tries) <= durable.TRIES
    kettle.refresh_from_db()
    assert (kettle.is_on, kettle.note) == (True, "raw")
