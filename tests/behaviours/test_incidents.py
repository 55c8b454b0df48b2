"""What went wrong elsewhere, and does not here: each test is a reported failure of another system of this field."""

from typing import Any

import pytest

from appliances.models import Appliance, Circuit, Controller, Decision, Home, Shed, Wait
from appliances.models.appliance import Kind
from appliances.models.decision import Action
from appliances.presentation import wording
from appliances.services import actor, circuit, controlling, tending, verifying, waiting
from appliances.services.outcome import Refused
from tests.builders import a_circuit, a_home, an_appliance
from tests.services.clock import Clock
from tests.services.doing import arm, done, is_on, limit, rules, switch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=9000)


@pytest.fixture
def garage(home: Home) -> Circuit:
    return a_circuit(home, "Garage", limit_watts=7000)


@pytest.fixture(autouse=True)
def _record_is_whole() -> Any:
    yield
    assert verifying.differences() == []


def a_heater(home: Home, clock: Clock, name: str = "Heater", watts: int = 1000) -> Appliance:
    return rules(an_appliance(home, name, watts=watts, on=True), clock, may_be_shed=True, returns_by_itself=True)


def test_a_house_is_not_shed_until_it_is_dark(home: Home, garage: Circuit, clock: Clock) -> None:
    """One device went off every ten seconds, router included, for a car that none of them could make room for."""
    car = an_appliance(home, "Car", watts=6000, at=garage, on=True)
    router = an_appliance(home, "Router", watts=12, kind="network", on=True)
    heater = a_heater(home, clock)
    arm(home, clock)

    limit(home, clock, 2000, circuit_id=garage.pk, source="grid")
    clock.tick(300)

    assert [is_on(row) for row in (car, router, heater)] == [True, True, True]
    assert done(home) == [(Action.NEEDS_PERSON, "Garage")]


def test_what_helps_goes_at_once_and_then_a_person_is_called(home: Home, clock: Clock) -> None:
    """The same, where some of it helps: one pass, not one device after the other, and no second pass."""
    car = an_appliance(home, "Car", watts=6000, on=True)
    heaters = [a_heater(home, clock, f"Heater {n}") for n in range(3)]
    arm(home, clock)

    limit(home, clock, 5000)
    clock.tick(1)
    assert not any(is_on(row) for row in heaters)
    clock.tick(300)

    assert is_on(car)
    assert [action for action, _name in done(home)] == [Action.SHED] * 3 + [Action.NEEDS_PERSON]
    assert "1\u202f000\u202fW too much" in wording.decision(Decision.objects.get(action=Action.NEEDS_PERSON))


def test_control_is_off_until_somebody_arms_it(home: Home, clock: Clock) -> None:
    """Shedding was on by default while the manual said it was off."""
    heater = a_heater(home, clock, watts=3000)

    limit(home, clock, 1000)
    clock.tick(60)

    assert controlling.of(home).mode == "off"
    assert is_on(heater)


@pytest.mark.parametrize("kind", Kind.values)
def test_nothing_may_be_shed_before_somebody_says_so(home: Home, kind: str) -> None:
    """Whatever was discovered was controlled: a suggestion is no consent."""
    assert not an_appliance(home, kind=kind).may_be_shed


def test_the_freezer_stays_on_and_the_car_goes(home: Home, clock: Clock) -> None:
    """Freezers were shed while the car went on at 32 A."""
    freezer = an_appliance(home, "Freezer", watts=200, kind="freezer", on=True)
    car = rules(an_appliance(home, "Car", watts=7000, kind="car_charger", on=True), clock, may_be_shed=True)
    arm(home, clock)
    clock.pass_by(120)

    limit(home, clock, 4000)
    clock.tick(1)

    assert (is_on(freezer), is_on(car)) == (True, False)


def test_the_limit_is_held_against_the_present_and_not_an_average(home: Home, clock: Clock) -> None:
    """9.9 kW under a limit of 6 was taken for normal, since the quarter of an hour had been quiet."""
    heater = a_heater(home, clock, watts=5000)
    arm(home, clock)
    clock.tick(900, every=60)

    limit(home, clock, 4999)
    clock.tick(1)

    assert not is_on(heater)


def test_nobody_fights_over_an_appliance(home: Home, clock: Clock) -> None:
    """Two engines switched one device on and off in turns; here there are two controllers and a person."""
    heater = a_heater(home, clock, watts=3000)
    arm(home, clock)
    limit(home, clock, 1000, lasts=60)
    for _ in range(60):
        clock.tick(10, every=10)
        tending.tend(home_id=home.pk, now=clock.now)
    assert [action for action, _name in done(home)] == [Action.SHED, Action.END_LIMIT, Action.RESTORE]

    switch(heater, clock, on=False)
    clock.tick(600, every=10)

    assert not is_on(heater)


def test_every_path_asks_the_same_question(home: Home, garage: Circuit, clock: Clock) -> None:
    """The emergency path missed a guard that the ordinary one had: here a limit is lowered on purpose."""
    medical = an_appliance(home, "Breathing aid", watts=500, kind="medical", at=garage, on=True)
    washer = rules(an_appliance(home, "Washer", watts=2000, kind="washing_machine", at=garage, on=True), clock)
    rules(washer, clock, may_be_shed=True)

    asked: dict[str, Any] = {"by": actor.SYSTEM, "now": clock.now}
    with pytest.raises(Refused) as refusal:
        circuit.change(circuit_id=garage.pk, wanted={"limit": 400}, shed=[medical.pk, washer.pk], **asked)

    assert "would_shed" not in refusal.value.decision.facts
    assert is_on(medical)
    assert is_on(washer)


@pytest.mark.parametrize("mode", ["off", "observing", "armed"])
def test_changing_the_mode_switches_nothing(home: Home, clock: Clock, mode: str) -> None:
    """Setting the mode to off switched the device off."""
    heater = a_heater(home, clock)
    other = an_appliance(home, "Other", watts=500)
    for now in ("armed", mode, "off"):
        controlling.set_mode(home_id=home.pk, mode=now, by=actor.SYSTEM, now=clock.now)
        clock.tick(5)
        assert (is_on(heater), is_on(other)) == (True, False)


def test_each_explanation_tells_its_own_cause(home: Home, garage: Circuit, clock: Clock) -> None:
    """Nine wrong explanations: whatever was shed was said to be peak protection."""
    arm(home, clock)
    first, second, third = (a_heater(home, clock, name) for name in ("First", "Second", "Third"))
    grid = limit(home, clock, 2500, source="grid", lasts=30)
    clock.tick(2)
    assert grid.source == "grid"
    limit(home, clock, 1500, source="generator", reason="Generator", lasts=30)
    clock.tick(40)
    main = Circuit.objects.get(home=home, parent=None)
    asked: dict[str, Any] = {"by": actor.SYSTEM, "now": clock.now}
    circuit.change(circuit_id=main.pk, wanted={"limit": 900}, shed=[first.pk], **asked)

    told = [wording.decision(row) for row in Decision.objects.filter(action=Action.SHED).order_by("revision")]
    assert ["grid limit" in text for text in told] == [True, False, False]
    assert ["Generator" in text for text in told] == [False, True, False]
    assert ["Main lowered to" in text for text in told] == [False, False, True]
    assert not is_on(third)
    assert not is_on(second)


def test_every_state_has_an_end(home: Home, clock: Clock) -> None:
    """ "Shed imminent" for eight hours, and never shed; unheated for hours, and nobody told."""
    arm(home, clock)
    a_heater(home, clock, watts=8000)
    late = an_appliance(home, "Late", watts=1500)
    limit(home, clock, 1000, lasts=40 * 3600)
    waiting.ask(appliance_id=late.pk, by=actor.SYSTEM, now=clock.now)

    clock.tick(5)
    clock.tick(25 * 3600, every=900)

    assert not Wait.objects.exists()
    assert not Shed.objects.exists()
    ended = [action for action, _name in done(home)]
    assert {Action.EXPIRE_WAIT, Action.EXPIRE_SHED} <= set(ended)


def test_room_is_kept_once_and_not_twice(home: Home, clock: Clock) -> None:
    """A reservation was counted twice and never given back, so that nothing started for hours."""
    arm(home, clock)
    an_appliance(home, "Oven", watts=8500, on=True)
    first, second = (an_appliance(home, name, watts=1000) for name in ("First", "Second"))
    for _ in range(3):
        waiting.ask(appliance_id=first.pk, by=actor.SYSTEM, now=clock.now, expires_at=clock.at(60))
    waiting.ask(appliance_id=second.pk, by=actor.SYSTEM, now=clock.now)
    assert Wait.objects.count() == 2
    clock.tick(61)

    switch(Appliance.objects.get(name="Oven"), clock, on=False)
    clock.tick(1)

    assert (is_on(first), is_on(second)) == (False, True)
    assert Controller.objects.get(home=home).mode == "armed"
