"""The controller, tick by tick, on a clock of the tests' own."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from appliances.models import Appliance, Controller, Decision, Home, Shed, Wait
from appliances.models.decision import Action, Outcome
from appliances.presentation import wording
from appliances.services import actor, controlling, tending, verifying, waiting
from appliances.services import home as home_service
from appliances.services.outcome import Refused
from tests.builders import a_circuit, a_home, an_appliance, main_of
from tests.services.clock import Clock
from tests.services.doing import arm, done, is_on, limit, rules, switch

pytestmark = pytest.mark.django_db(transaction=True)

HOLD = 300
WOULD = [(Action.SHED, "Heater"), (Action.TOO_LONG, "Oven"), (Action.START, "Lamp")]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


@pytest.fixture(autouse=True)
def _record_is_whole() -> Any:
    yield
    assert verifying.differences() == []


@pytest.fixture
def heater(home: Home, clock: Clock) -> Appliance:
    return rules(an_appliance(home, "Heater", watts=2000, on=True), clock, may_be_shed=True, returns_by_itself=True)


@pytest.fixture
def oven(home: Home) -> Appliance:
    return an_appliance(home, "Oven", watts=2500, on=True)


def test_a_limit_that_comes_into_force_sheds_what_may_be(
    home: Home, clock: Clock, oven: Appliance, heater: Appliance
) -> None:
    arm(home, clock)
    limit(home, clock, 3000, after=60, source="grid", reason="")
    clock.tick(59)
    assert is_on(heater)
    clock.tick(1)
    assert (is_on(oven), is_on(heater)) == (True, False)
    told = Decision.objects.get(action=Action.SHED)
    assert "Heater off by VoltSafe: grid limit, 3" in wording.decision(told)
    assert "comes back when 2" in wording.decision(told)
    assert "5 min" in wording.decision(told)


def test_it_comes_back_when_there_is_room_for_long_enough(
    home: Home, clock: Clock, oven: Appliance, heater: Appliance
) -> None:
    arm(home, clock)
    limit(home, clock, 3000, lasts=600)
    clock.tick(2)
    assert not is_on(heater)
    clock.tick(598 + HOLD - 10, every=7)
    assert not is_on(heater)
    clock.tick(30)
    assert is_on(heater)
    assert done(home)[-1] == (Action.RESTORE, "Heater")
    clock.tick(1200, every=60)
    assert not Shed.objects.exists()


def test_off_by_hand_while_shed_stays_off(home: Home, clock: Clock, oven: Appliance, heater: Appliance) -> None:
    arm(home, clock)
    limit(home, clock, 3000, lasts=60)
    clock.tick(2)
    switch(heater, clock, on=False)
    clock.tick(2000, every=10)
    assert not is_on(heater)
    assert "stays off" in wording.decision(Decision.objects.get(action=Action.SWITCH_OFF))


def test_never_what_may_not_be_shed_and_a_person_is_called(home: Home, clock: Clock, oven: Appliance) -> None:
    arm(home, clock)
    limit(home, clock, 2000, lasts=600)
    clock.tick(5)
    assert is_on(oven)
    assert done(home) == [(Action.NEEDS_PERSON, "Main")]
    assert "500" in wording.decision(Decision.objects.get(action=Action.NEEDS_PERSON))
    switch(oven, clock, on=False)
    clock.tick(5)
    assert done(home)[-1] == (Action.NEEDS_NOBODY, home.name)


@pytest.mark.parametrize("mode", ["off", "observing"])
def test_unless_it_is_armed_nothing_is_touched(
    home: Home, clock: Clock, oven: Appliance, heater: Appliance, mode: str
) -> None:
    if mode != "off":
        arm(home, clock, mode)
    rules(oven, clock, max_on_seconds=30)
    lamp = an_appliance(home, "Lamp", watts=3000)
    waiting.ask(appliance_id=lamp.pk, by=actor.SYSTEM, now=clock.now)
    limit(home, clock, 3000, after=10, lasts=60)
    clock.tick(300)
    assert is_on(oven)
    assert is_on(heater)
    assert not is_on(lamp)
    would = done(home, outcome=Outcome.OBSERVED)
    assert would == ([] if mode == "off" else WOULD)


def test_who_waits_starts_when_there_is_room(home: Home, clock: Clock, oven: Appliance) -> None:
    arm(home, clock)
    kettle = an_appliance(home, "Kettle", watts=2800)
    waiting.ask(appliance_id=kettle.pk, by=actor.SYSTEM, now=clock.now)
    clock.tick(20)
    assert not is_on(kettle)
    switch(oven, clock, on=False)
    clock.tick(1)
    assert is_on(kettle)
    assert not Wait.objects.exists()


def test_waiting_in_order_staggered_and_a_smaller_one_passes_only_what_would_not_fit_anyway(
    home: Home, clock: Clock, oven: Appliance
) -> None:
    arm(home, clock)
    big, small, tiny = (
        an_appliance(home, name, watts=w) for name, w in [("Big", 4000), ("Small", 2600), ("Tiny", 2550)]
    )
    for row in (big, small, tiny):
        waiting.ask(appliance_id=row.pk, by=actor.SYSTEM, now=clock.now)
        clock.pass_by(1)
    heater = an_appliance(home, "Heater", watts=1000, on=True)
    switch(oven, clock, on=False)
    switch(heater, clock, on=False)
    clock.tick(30)
    assert [is_on(row) for row in (big, small, tiny)] == [True, False, False]
    switch(heater, clock, on=True)
    switch(big, clock, on=False)
    clock.tick(1)
    assert [is_on(row) for row in (small, tiny)] == [True, False]


def test_two_that_fit_start_one_after_the_other(home: Home, clock: Clock, oven: Appliance) -> None:
    arm(home, clock)
    both = [an_appliance(home, name, watts=2501) for name in ("One", "Two")]
    for row in both:
        waiting.ask(appliance_id=row.pk, by=actor.SYSTEM, now=clock.now)
        clock.pass_by(1)
    controlling.set_mode(home_id=home.pk, mode="off", by=actor.SYSTEM, now=clock.now)
    switch(oven, clock, on=False)
    limits_of = {"wanted": {"limit": Decimal(6000)}, "by": actor.SYSTEM, "now": clock.now}
    home_service.change(home_id=home.pk, **limits_of)
    arm(home, clock)
    clock.tick(1)
    assert [is_on(row) for row in both] == [True, False]
    clock.tick(9)
    assert [is_on(row) for row in both] == [True, False]
    clock.tick(2)
    assert [is_on(row) for row in both] == [True, True]


def test_nothing_waits_for_ever(home: Home, clock: Clock, oven: Appliance) -> None:
    kettle = an_appliance(home, "Kettle", watts=2800)
    waiting.ask(appliance_id=kettle.pk, by=actor.SYSTEM, now=clock.now, expires_at=clock.at(90))
    clock.tick(89)
    assert Wait.objects.exists()
    clock.tick(1)
    assert not Wait.objects.exists()
    assert done(home) == [(Action.EXPIRE_WAIT, "Kettle")]


def test_on_for_too_long_goes_off_by_itself(home: Home, clock: Clock) -> None:
    arm(home, clock)
    iron = an_appliance(home, "Iron", watts=2000, kind="iron")
    switch(iron, clock, on=True)
    clock.tick(3600 - 5, every=100)
    assert is_on(iron)
    clock.tick(5)
    assert not is_on(iron)
    assert "1 h" in wording.decision(Decision.objects.get(action=Action.TOO_LONG))


def test_a_limit_of_zero_is_a_limit_and_an_ended_one_is_none(home: Home, clock: Clock, heater: Appliance) -> None:
    arm(home, clock)
    limit(home, clock, 0, lasts=60)
    clock.tick(1)
    assert not is_on(heater)
    with pytest.raises(Refused):
        switch(heater, clock, on=True)
    clock.tick(60)
    switch(heater, clock, on=True)
    assert is_on(heater)


def test_of_several_limits_the_lowest_wins_and_is_named(
    home: Home, clock: Clock, oven: Appliance, heater: Appliance
) -> None:
    arm(home, clock)
    limit(home, clock, 4200, source="grid")
    limit(home, clock, 3000, source="generator", reason="")
    limit(home, clock, 4900, source="party")
    clock.tick(1)
    assert Decision.objects.get(action=Action.SHED).facts["cause"]["source"] == "generator"


def test_stopped_for_five_minutes_it_acts_on_the_present(
    home: Home, clock: Clock, oven: Appliance, heater: Appliance
) -> None:
    arm(home, clock)
    limit(home, clock, 3000, after=10, lasts=60)
    clock.tick(1)
    clock.pass_by(300)
    clock.tick(1)
    assert is_on(heater)
    assert [action for action, _name in done(home)] == [Action.END_LIMIT]


def test_room_that_was_seen_before_a_stop_counts_no_more(
    home: Home, clock: Clock, oven: Appliance, heater: Appliance
) -> None:
    arm(home, clock)
    limit(home, clock, 3000, lasts=10)
    clock.tick(20)
    clock.pass_by(HOLD)
    clock.tick(5)
    assert not is_on(heater)
    clock.tick(HOLD, every=10)
    assert is_on(heater)


def test_two_controllers_never_act_twice(home: Home, clock: Clock, oven: Appliance, heater: Appliance) -> None:
    arm(home, clock)
    limit(home, clock, 3000, lasts=60)
    for _ in range(HOLD // 5 + 20):
        clock.tick(5, every=5)
        tending.tick(clock.now)
        tending.tend(home_id=home.pk, now=clock.now)
    assert [action for action, _name in done(home)] == [Action.SHED, Action.END_LIMIT, Action.RESTORE]


def test_a_compressor_rests_whoever_asks(home: Home, clock: Clock) -> None:
    arm(home, clock)
    fridge = an_appliance(home, "Fridge", watts=150, kind="fridge")
    switch(fridge, clock, on=True)
    clock.pass_by(600)
    switch(fridge, clock, on=False)
    clock.pass_by(60)
    with pytest.raises(Refused):
        switch(fridge, clock, on=True)
    assert "rests until 18:13" in wording.decision(Decision.objects.latest("id"))
    waiting.ask(appliance_id=fridge.pk, by=actor.SYSTEM, now=clock.now)
    clock.tick(119)
    assert not is_on(fridge)
    clock.tick(2)
    assert is_on(fridge)


def test_failed_returns_wait_longer_and_three_hold_all(home: Home, clock: Clock) -> None:
    arm(home, clock)
    heaters = [
        rules(an_appliance(home, f"Heater {n}", watts=1000, on=True), clock, may_be_shed=True, returns_by_itself=True)
        for n in range(3)
    ]
    limit(home, clock, 1900, lasts=60)
    clock.tick(60 + HOLD + 60, every=5)
    assert all(is_on(row) for row in heaters)
    limit(home, clock, 0, lasts=60)
    clock.tick(5)
    assert not any(is_on(row) for row in heaters)
    failures = sorted(Shed.objects.values_list("failures", flat=True))
    assert failures == [0, 1, 1]
    clock.tick(60 + HOLD, every=5)
    assert [is_on(row) for row in heaters].count(True) == 1
    limit(home, clock, 0, lasts=30)
    clock.tick(5)
    assert Controller.objects.get().returns_held_until is not None or len(done(home)) > 5


def test_what_was_shed_and_found_no_room_for_a_day_stays_off(
    home: Home, clock: Clock, oven: Appliance, heater: Appliance
) -> None:
    arm(home, clock)
    limit(home, clock, 3000, lasts=timedelta(days=2).total_seconds())
    clock.tick(5)
    clock.tick(timedelta(days=1).total_seconds(), every=600)
    assert not Shed.objects.exists()
    assert done(home)[-1] == (Action.EXPIRE_SHED, "Heater")


def test_an_idle_home_costs_one_query_a_tick(
    home: Home, clock: Clock, oven: Appliance, django_assert_num_queries: Any
) -> None:
    clock.tick(2)
    with django_assert_num_queries(3):
        tending.tick(clock.now)


def test_only_what_helps_the_circuit_concerned_is_shed(home: Home, clock: Clock, heater: Appliance) -> None:
    arm(home, clock)
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    pot = rules(an_appliance(home, "Pot", watts=1500, at=kitchen, on=True), clock, may_be_shed=True)
    limit(home, clock, 1000, circuit_id=kitchen.pk)
    clock.tick(1)
    assert (is_on(pot), is_on(heater)) == (False, True)
    assert not Shed.objects.exists()
    assert main_of(home).pk
