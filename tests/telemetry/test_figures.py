"""Every figure moves by the thing it counts, and by nothing else of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appliances import events
from appliances.models import Appliance, Controller, Heartbeat, Home, Shed
from appliances.models.decision import Action
from appliances.presentation import home_figures
from appliances.services import actor, tending, tokens, turn
from appliances.services.outcome import Refused
from appliances.services.turn import Turn
from tests.builders import a_home, a_person, a_token, an_appliance, turn_off, turn_on
from tests.services.asking import BY
from tests.services.clock import Clock
from tests.services.doing import limit
from tests.telemetry.reading import moved, samples, value
from voltsafe import controller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> Home:
    return a_home("Harbour flat", limit_watts=3000)


@pytest.fixture
def kettle(home: Home) -> Appliance:
    return an_appliance(home, "Kettle", watts=2000)


def test_a_decision_is_counted_by_what_came_of_it(home: Home, kettle: Appliance) -> None:
    heater = an_appliance(home, "Heater", watts=1500)

    def too_much() -> None:
        with pytest.raises(Refused):
            turn_on(heater)

    granted = {"action": "switch_on", "outcome": "granted"}
    assert moved("voltsafe_decisions_total", lambda: turn_on(kettle), **granted) == 1
    assert moved("voltsafe_decisions_total", lambda: turn_on(kettle), **granted) == 0
    assert moved("voltsafe_decisions_total", too_much, **granted) == 0
    assert moved("voltsafe_decisions_total", too_much, action="switch_on", outcome="refused") == 1


def test_what_is_decided_about_an_account_is_counted_too() -> None:
    row, _text = a_token(a_person())

    revoked = moved(
        "voltsafe_decisions_total",
        lambda: tokens.revoke(token_id=row.pk, by=actor.SYSTEM, now=timezone.now()),
        action="remove_token",
        outcome="granted",
    )
    assert revoked == 1


def test_a_write_that_only_the_interlock_refused_is_counted(home: Home, kettle: Appliance) -> None:
    an_appliance(home, "Heater", watts=1500, on=True)

    def body(here: Turn) -> None:
        Appliance.objects.filter(pk=kettle.pk).update(is_on=True)
        here.record(Action.SWITCH_ON, kettle)

    def overload() -> None:
        with pytest.raises(IntegrityError, match="overload"):
            turn.take(home_id=home.pk, body=body, **BY)

    assert moved("voltsafe_interlock_refusals_total", overload) == 1
    assert moved("voltsafe_interlock_refusals_total", lambda: a_home("harbour flat 2")) == 0


def test_a_turn_waits_once_and_is_one_transaction(kettle: Appliance) -> None:
    assert moved("voltsafe_lock_wait_seconds_count", lambda: turn_on(kettle)) == 1
    assert moved("voltsafe_transaction_duration_seconds_count", lambda: turn_off(kettle)) == 1


@pytest.mark.sqlite
def test_a_commit_tells_how_many_turns_shared_it(kettle: Appliance) -> None:
    assert moved("voltsafe_commit_turns_count", lambda: turn_on(kettle)) == 1
    assert moved("voltsafe_commit_turns_sum", lambda: turn_off(kettle)) == 1


def test_a_change_is_handed_to_the_layer(kettle: Appliance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_loop", None)
    assert moved("voltsafe_publishes_total", lambda: turn_on(kettle), outcome="sent") == 1

    def no_layer() -> None:
        raise ConnectionError

    monkeypatch.setattr(events, "get_channel_layer", no_layer)
    assert moved("voltsafe_publishes_total", lambda: turn_off(kettle), outcome="failed") == 1


def test_a_tick_is_timed() -> None:
    assert moved("voltsafe_controller_tick_duration_seconds_count", controller._tick) == 1


def test_the_controllers_lag_is_that_of_the_home_that_waits_longest(home: Home) -> None:
    now = timezone.now()
    Home.objects.filter(pk=home.pk).update(wake_at=now - timedelta(seconds=90))
    another = a_home("Mill")
    Home.objects.filter(pk=another.pk).update(wake_at=now + timedelta(seconds=90))
    assert 90 <= value("voltsafe_controller_lag_seconds") < 150

    tending.tick(now)
    Home.objects.filter(pk=home.pk).update(wake_at=None)
    assert value("voltsafe_controller_lag_seconds") == 0


def test_a_controller_that_never_ran_was_never_heard_of() -> None:
    assert value("voltsafe_controller_heartbeat_age_seconds") == float("inf")
    tending.tick(timezone.now())
    assert value("voltsafe_controller_heartbeat_age_seconds") < 60
    Heartbeat.objects.update(ran_at=timezone.now() - timedelta(seconds=300))
    assert 300 <= value("voltsafe_controller_heartbeat_age_seconds") < 360


def test_homes_and_what_is_in_them(home: Home, kettle: Appliance) -> None:
    an_appliance(home, "Lamp", watts=10)
    turn_on(kettle)
    at = {"home": "harbour-flat", "circuit": "Main"}

    assert value("voltsafe_homes") == 1
    assert value("voltsafe_appliances", state="on") == value("voltsafe_appliances", state="off") == 1
    assert value("voltsafe_load_watts", **at) == 2000
    assert value("voltsafe_limit_watts", **at) == 3000
    assert value("voltsafe_headroom_watts", **at) == 1000
    home.refresh_from_db()
    assert value("voltsafe_revision_total", home="harbour-flat") == home.revision


def test_headroom_is_under_the_limit_in_force(home: Home, kettle: Appliance) -> None:
    turn_on(kettle)
    limit(home, Clock(timezone.now()), 1500)

    assert value("voltsafe_limit_watts", home="harbour-flat", circuit="Main") == 1500
    assert value("voltsafe_headroom_watts", home="harbour-flat", circuit="Main") == -500


def test_claims_and_homes_that_need_a_person(home: Home, kettle: Appliance) -> None:
    now = timezone.now()
    Shed.objects.create(home=home, appliance=kettle, at=now, expires_at=now + timedelta(hours=1))
    Controller.objects.create(home=home, watching={"needs": {"1": "500"}})
    Controller.objects.create(home=a_home("Mill"), watching={"needs": {}, "would": ["x"]})

    assert value("voltsafe_claims", because="shed") == 1
    assert value("voltsafe_claims", because="asked") == 0
    assert value("voltsafe_homes_needing_a_person") == 1


def test_where_there_are_many_homes_none_has_series_of_its_own(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    a_home("Mill")
    monkeypatch.setattr(home_figures, "MOST_HOMES", 1)

    assert value("voltsafe_homes") == 2
    assert not any(dict(labels).get("home") for _name, labels in samples())


def test_more_homes_ask_the_database_no_more(home: Home) -> None:
    samples()
    with CaptureQueriesContext(connection) as few:
        samples()
    for name in ("Mill", "Barn", "Tower"):
        an_appliance(a_home(name), "Lamp", watts=10)
    with CaptureQueriesContext(connection) as more:
        samples()

    assert len(more) == len(few)


def test_the_process_is_seen_from_outside() -> None:
    found = samples()
    for name in ("cpu_seconds_total", "resident_memory_bytes", "open_fds", "threads"):
        assert found["voltsafe_process_" + name, frozenset()] > 0
    assert 0 < found["voltsafe_data_free_bytes", frozenset()] < found["voltsafe_data_size_bytes", frozenset()]
    assert {found["voltsafe_ready", frozenset({("check", one)})] for one in ("database", "interlock")} == {1}
