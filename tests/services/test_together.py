"""Steps that wait for SQLite's one writer share a commit, and each is still on its own."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from appliances.models import Appliance, Home
from appliances.services import actor, durable, fair_turn, switching, together, turn, verifying
from appliances.services.outcome import Busy, Missing, Refused, TooLate
from appliances.services.turn import Turn
from tests.builders import NOW, a_home, an_appliance
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


def test_where_another_program_holds_the_file_they_wait_together_and_not_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = a_home()
    rows = [an_appliance(home, watts=10) for _ in range(3)]
    before = revision_of(home)
    monkeypatch.setattr(turn, "PATIENCE", 1.0)

    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        said = waiting_together([switch(row) for row in rows])
        took = time.monotonic() - began

    assert [type(one) for one in said] == [Busy, Busy, Busy]
    assert took < 2, "a second each would be three"
    assert revision_of(home) == before


def test_several_calls_of_one_asker_share_a_commit_and_each_has_its_own_outcome(commits: list[int]) -> None:
    home = a_home(limit_watts=2500)
    rows = [an_appliance(home, watts=1000) for _ in range(3)]
    gone = Appliance(pk=999_999)
    before = revision_of(home)

    jobs = together.run([switch(rows[0]), switch(gone), switch(rows[1]), switch(rows[2])])

    assert commits == [4]
    assert [type(job.error) for job in jobs] == [type(None), Missing, type(None), Refused]
    assert [job.result.revision for job in (jobs[0], jobs[2])] == [before + 1, before + 2]
    assert load_of(home) == 2000
    assert revision_of(home) == before + 3, "the refusal is on record too"
    assert verifying.differences() == []


def test_a_call_that_fails_in_the_middle_of_its_step_is_undone_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    home = a_home()
    lamp, fan = an_appliance(home, watts=10), an_appliance(home, watts=20)
    record = Turn.record

    def fail_for_the_lamp(here: Turn, action: Any, subject: Any, **how: Any) -> Any:
        if subject.pk == lamp.pk:
            raise ZeroDivisionError
        return record(here, action, subject, **how)

    monkeypatch.setattr(Turn, "record", fail_for_the_lamp)
    jobs = together.run([switch(lamp), switch(fan)])

    assert isinstance(jobs[0].error, ZeroDivisionError)
    assert jobs[1].error is None
    assert load_of(home) == 20
    assert verifying.differences() == []


def test_where_their_transaction_fails_each_call_has_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    home = a_home(limit_watts=1500)
    rows = [an_appliance(home, watts=1000) for _ in range(2)]

    def fail_at_its_end(jobs: Any) -> None:
        with transaction.atomic():
            for job in jobs:
                job.step()
            raise OperationalError("disk I/O error")

    monkeypatch.setattr(durable, "_in_one", fail_at_its_end)
    jobs = together.run([switch(row) for row in rows])

    assert [type(job.error) for job in jobs] == [type(None), Refused]
    assert load_of(home) == 1000
    assert verifying.differences() == []


def test_calls_whose_turn_does_not_come_are_all_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    home = a_home()
    rows = [an_appliance(home) for _ in range(2)]
    monkeypatch.setattr(turn, "PATIENCE", 0.01)

    with fair_turn.writers.turn(5):
        jobs = together.run([switch(row) for row in rows])

    assert [type(job.error) for job in jobs] == [Busy, Busy]
    assert load_of(home) == 0


@pytest.mark.parametrize("many", [1, 2])
def test_what_comes_after_its_deadline_is_not_carried_out(many: int) -> None:
    home = a_home()
    lamp, fan = an_appliance(home, watts=10), an_appliance(home, watts=20)
    too_late = replace(actor.SYSTEM, deadline=time.monotonic() - 0.001)
    in_time = replace(actor.SYSTEM, deadline=time.monotonic() + 60)

    calls = [partial(switching.switch, appliance_id=lamp.pk, on=True, by=too_late, now=NOW)]
    calls += [partial(switching.switch, appliance_id=fan.pk, on=True, by=in_time, now=NOW)]
    jobs = together.run(calls[:many])

    assert [type(job.error) for job in jobs] == [TooLate, type(None)][:many]
    assert load_of(home) == (0 if many == 1 else 20)
    assert verifying.differences() == []
