"""The shell of every write: one lock, one transaction, one record, and nothing told before it is committed."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from appliances import events
from appliances.interlock import guard
from appliances.interlock.guard import InterlockMissing
from appliances.models import Appliance, Decision, Home
from appliances.models.decision import Action, Outcome
from appliances.services import home as homes
from appliances.services import switching, turn
from appliances.services.outcome import Busy, Missing, Refused
from appliances.services.turn import Turn
from tests.builders import a_home, an_appliance, turn_on
from tests.races.crowd import at_once
from tests.services.asking import BY
from tests.services.rows import load_of, newest, revision_of, rows_of

pytestmark = pytest.mark.django_db

in_real_transactions = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


@pytest.fixture
def kettle(home: Home) -> Appliance:
    return an_appliance(home, "Kettle", watts=2000)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "publish", lambda **facts: told.append(facts))
    return told


@in_real_transactions
def test_a_refusal_is_raised_after_its_record_is_committed(home: Home) -> None:
    heater = an_appliance(home, watts=5001)

    with pytest.raises(Refused) as refusal:
        turn_on(heater)

    assert not connection.in_atomic_block
    [seen_by_others] = at_once([partial(newest, home)])
    assert seen_by_others == refusal.value.decision
    assert (seen_by_others.outcome, seen_by_others.revision) == (Outcome.REFUSED, revision_of(home))


@in_real_transactions
def test_a_refusal_is_published_as_any_decision_and_names_nothing_that_moved(
    home: Home, published: list[dict[str, Any]]
) -> None:
    heater = an_appliance(home, watts=5001)
    published.clear()

    with pytest.raises(Refused):
        turn_on(heater)

    assert published == [{"home_id": home.pk, "revision": revision_of(home), "appliances": (), "circuits": ()}]


@in_real_transactions
def test_what_is_rolled_back_is_neither_kept_nor_published(
    home: Home, kettle: Appliance, published: list[dict[str, Any]]
) -> None:
    before, revision = rows_of(home), revision_of(home)
    published.clear()

    def body(here: Turn) -> None:
        switching.set_state(here, here.appliance(kettle.pk), on=True)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        turn.take(home_id=home.pk, body=body, **BY)

    assert published == []
    assert (rows_of(home), revision_of(home)) == (before, revision)
    assert newest(home).revision == revision


@in_real_transactions
def test_a_turn_of_several_decisions_is_published_once(kettle: Appliance, published: list[dict[str, Any]]) -> None:
    published.clear()

    def body(here: Turn) -> None:
        for on in (True, False, True):
            switching.set_state(here, here.appliance(kettle.pk), on=on)
            here.read_again()

    changed = turn.take(home_id=kettle.home_id, body=body, **BY)

    assert [facts["revision"] for facts in published] == [changed.revision]


@in_real_transactions
def test_the_next_writer_does_not_wait_until_watchers_are_told(
    home: Home, kettle: Appliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = an_appliance(home, watts=100)
    monkeypatch.setattr(turn, "PATIENCE", 0.01)

    def publish_slowly(**_facts: Any) -> None:
        monkeypatch.setattr(events, "publish", lambda **_facts: None)
        at_once([partial(turn_on, lamp)])

    monkeypatch.setattr(events, "publish", publish_slowly)
    turn_on(kettle)

    assert load_of(home) == 2100


@in_real_transactions
def test_a_failing_publisher_fails_no_decision(kettle: Appliance, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def publish(**_facts: Any) -> None:
        raise ConnectionError("no layer")

    monkeypatch.setattr(events, "publish", publish)

    turn_on(kettle)

    kettle.refresh_from_db()
    assert kettle.is_on
    assert "no layer" in caplog.text


def test_it_cannot_be_put_into_another_transaction(home: Home, kettle: Appliance) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        turn_on(kettle)

    assert load_of(home) == 0


def test_it_cannot_be_put_into_another_turn(home: Home, kettle: Appliance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.01)

    with pytest.raises((RuntimeError, Busy)):
        turn.take(home_id=home.pk, body=lambda _here: turn_on(kettle), **BY)

    assert load_of(home) == 0


def test_the_rows_of_a_turn_are_read_under_its_lock(home: Home, kettle: Appliance) -> None:
    stale = Appliance.objects.get(pk=kettle.pk)
    turn_on(kettle)

    def body(here: Turn) -> None:
        assert here.appliance(stale.pk).is_on
        assert here.tree.load(stale.pk).is_on

    turn.take(home_id=home.pk, body=body, **BY)


def test_a_turn_knows_only_its_own_home(home: Home) -> None:
    next_door = an_appliance(a_home())

    for reach in (lambda here: here.appliance(next_door.pk), lambda here: here.circuit(next_door.circuit_id)):
        with pytest.raises(Missing):
            turn.take(home_id=home.pk, body=reach, **BY)


def test_there_is_no_turn_without_a_home() -> None:
    with pytest.raises(Missing):
        turn.take(home_id=10**9, body=lambda _here: None, **BY)


@in_real_transactions
def test_without_its_interlock_nothing_is_granted_and_nothing_recorded(home: Home, kettle: Appliance) -> None:
    before, revision = rows_of(home), revision_of(home)
    guard.remove(connection)
    try:
        with pytest.raises(InterlockMissing):
            turn_on(kettle)
        with pytest.raises(InterlockMissing):
            homes.add(wanted={"name": "Flat"}, owner=None, **BY)
    finally:
        guard.install(connection)

    assert (rows_of(home), revision_of(home)) == (before, revision)
    turn_on(kettle)
    assert load_of(home) == 2000


@in_real_transactions
def test_a_grant_that_the_interlock_refuses_is_undone_whole(
    home: Home, kettle: Appliance, published: list[dict[str, Any]]
) -> None:
    """Were the balancer wrong, the database would still be right."""
    an_appliance(home, watts=4000, on=True)
    before, revision = rows_of(home), revision_of(home)
    published.clear()

    def body(here: Turn) -> None:
        Appliance.objects.filter(pk=kettle.pk).update(is_on=True)
        here.record(Action.SWITCH_ON, kettle)

    with pytest.raises(IntegrityError, match="overload"):
        turn.take(home_id=home.pk, body=body, **BY)

    assert (rows_of(home), revision_of(home), published) == (before, revision, [])
    assert Decision.objects.filter(home=home).count() == revision
