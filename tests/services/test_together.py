"""Steps that wait for SQLite's one writer share a commit, and each is still on its own."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from appliances.models import Appliance, Home
from appliances.services import durable, fair_turn, switching, verifying, writer
from appliances.services.outcome import Busy, Refused
from tests.builders import a_home, an_appliance
from tests.services.asking import BY
from tests.services.rows import load_of, revision_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


def waiting_together(steps: list[Callable[[], Any]]) -> list[Any]:
    """What each step returned or raised, all of them having waited behind one that held the turn."""
    found: list[Any] = [None] * len(steps)

    def run(place: int) -> None:
        try:
            found[place] = steps[place]()
        except Exception as why:
            found[place] = why

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(steps))]
    with fair_turn.writers.turn(5):
        for place, thread in enumerate(threads, start=1):
            thread.start()
            while len(fair_turn.writers._waiting) < place:
                pass
    for thread in threads:
        thread.join(30)
    return found


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many steps each transaction held."""
    counted: list[int] = []
    in_one = durable._in_one

    def count(jobs: Any) -> None:
        counted.append(len(jobs))
        in_one(jobs)

    monkeypatch.setattr(durable, "_in_one", count)
    return counted


def switch(row: Appliance, *, on: bool = True) -> Callable[[], Any]:
    return lambda: switching.switch(appliance_id=row.pk, on=on, **BY)


def test_those_who_wait_share_a_commit_and_each_is_decided_after_the_one_before(commits: list[int]) -> None:
    home = a_home(limit_watts=2500)
    rows = [an_appliance(home, watts=1000) for _ in range(4)]
    before = revision_of(home)

    said = waiting_together([switch(row) for row in rows])

    assert commits == [4]
    assert [isinstance(one, Refused) for one in said] == [False, False, True, True]
    assert load_of(home) == 2000
    assert revision_of(home) == before + 4
    assert verifying.differences() == []


def test_one_that_fails_is_undone_alone(commits: list[int]) -> None:
    home = a_home()
    lamp, fan = an_appliance(home, watts=10), an_appliance(home, watts=20)

    def half_done() -> None:
        def step() -> None:
            Home.objects.filter(pk=home.pk).update(name="Half")
            raise ZeroDivisionError

        durable.run(step, patience=5)

    said = waiting_together([switch(lamp), half_done, switch(fan)])

    assert commits == [3]
    assert isinstance(said[1], ZeroDivisionError)
    assert Home.objects.get(pk=home.pk).name == home.name
    assert load_of(home) == 30
    assert verifying.differences() == []


def test_where_the_transaction_fails_each_has_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    home = a_home()
    lamp, fan = an_appliance(home, watts=10), an_appliance(home, watts=20)
    tries: list[int] = []

    def fail_at_its_end(jobs: Any) -> None:
        tries.append(len(jobs))
        with transaction.atomic():
            in_one_without_durable(jobs)
            raise OperationalError("disk I/O error")

    def in_one_without_durable(jobs: Any) -> None:
        for job in jobs:
            job.result = job.step()

    monkeypatch.setattr(durable, "_in_one", fail_at_its_end)
    said = waiting_together([switch(lamp), switch(fan)])

    assert tries == [2]
    assert not any(isinstance(one, Exception) for one in said)
    assert load_of(home) == 30
    assert verifying.differences() == []


def test_where_another_program_holds_the_file_they_have_waited_once_and_not_one_after_the_other(
    commits: list[int],
) -> None:
    home = a_home()
    rows = [an_appliance(home, watts=10) for _ in range(3)]
    before = revision_of(home)
    with writer.of_this_process(), connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20")
    tries: list[str] = []

    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with writer.of_this_process():
            connection.connection.set_trace_callback(tries.append)
        said = waiting_together([switch(row) for row in rows])
        with writer.of_this_process():
            connection.connection.set_trace_callback(None)

    with writer.of_this_process(), connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 5000")
    assert [type(one) for one in said] == [Busy, Busy, Busy]
    assert tries == ["BEGIN IMMEDIATE"]
    assert revision_of(home) == before
