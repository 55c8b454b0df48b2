"""Switching one appliance: what is granted, what is refused, and what the record says of it."""

from decimal import Decimal

import pytest

from appliances.models import Appliance, Circuit, Home
from appliances.models.decision import Action, Actor, Outcome, Subject
from appliances.services import actor, appliance, switching
from appliances.services.outcome import Missing, Refused
from tests.builders import NOW, a_circuit, a_home, a_person, a_token, an_appliance, main_of, turn_off, turn_on
from tests.services.asking import BY
from tests.services.rows import load_of, newest, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


@pytest.fixture
def kitchen(home: Home) -> Circuit:
    return a_circuit(home, "Kitchen", limit_watts=3000)


def test_switching_on_loads_the_circuit_and_whatever_feeds_it(home: Home, kitchen: Circuit) -> None:
    worktop = a_circuit(home, limit_watts=2500, fed_from=kitchen)
    garage = a_circuit(home)

    turn_on(an_appliance(home, watts=2000, at=worktop))

    loads = dict(Circuit.objects.filter(home=home).values_list("pk", "load"))
    assert loads == {main_of(home).pk: 2000, kitchen.pk: 2000, worktop.pk: 2000, garage.pk: 0}


def test_switching_off_frees_its_watts(home: Home, kitchen: Circuit) -> None:
    kettle = an_appliance(home, watts=2000, at=kitchen, on=True)

    changed = switching.switch(appliance_id=kettle.pk, on=False, **BY)

    assert load_of(home) == 0
    assert changed.decision is not None
    assert (changed.decision.action, changed.decision.requested) == (Action.SWITCH_OFF, -2000)


def test_a_grant_is_recorded_at_the_breaker_that_is_left_with_the_least(home: Home, kitchen: Circuit) -> None:
    an_appliance(home, watts=2500, on=True)
    kettle = an_appliance(home, "Kettle", watts=2000, at=kitchen)

    switching.switch(appliance_id=kettle.pk, on=True, **BY)

    recorded = newest(home)
    assert (recorded.action, recorded.outcome, recorded.at) == (Action.SWITCH_ON, Outcome.GRANTED, NOW)
    assert (recorded.subject, recorded.subject_id, recorded.subject_name) == (Subject.APPLIANCE, kettle.pk, "Kettle")
    assert (recorded.circuit_id, recorded.circuit_name) == (main_of(home).pk, "Main")
    assert (recorded.requested, recorded.load_before, recorded.load_after) == (2000, 2500, 4500)
    assert (recorded.limit, recorded.exceeded_by) == (5000, None)


def test_a_refusal_names_the_breaker_and_the_missing_watts(home: Home, kitchen: Circuit) -> None:
    an_appliance(home, watts=2400, at=kitchen, on=True)
    kettle = an_appliance(home, "Kettle", watts="1000.5", at=kitchen)

    with pytest.raises(Refused, match=r"Kettle: 400.5 W too much at Kitchen"):
        turn_on(kettle)

    recorded = newest(home)
    assert (recorded.outcome, recorded.circuit_id, recorded.circuit_name) == (Outcome.REFUSED, kitchen.pk, "Kitchen")
    assert (recorded.requested, recorded.load_before) == (Decimal("1000.5"), 2400)
    assert (recorded.load_after, recorded.limit) == (Decimal("3400.5"), 3000)
    assert recorded.exceeded_by == Decimal("400.5")


def test_a_refusal_changes_no_row(home: Home) -> None:
    heater = an_appliance(home, watts=5001)
    before = rows_of(home)

    with pytest.raises(Refused):
        turn_on(heater)

    assert rows_of(home) == before


def test_a_refusal_offers_the_smallest_way_out(home: Home) -> None:
    oven = an_appliance(home, "Oven", watts=2400, on=True)
    an_appliance(home, watts=500, on=True)
    an_appliance(home, watts=600, on=True)
    kettle = an_appliance(home, watts=2500)

    with pytest.raises(Refused) as refusal:
        turn_on(kettle)

    ways = refusal.value.decision.facts["make_room"]
    assert ways[0] == [{"id": oven.pk, "name": "Oven", "watts": "2400"}]


def test_nothing_makes_room_for_what_is_larger_than_its_breaker(home: Home) -> None:
    an_appliance(home, watts=1000, on=True)

    with pytest.raises(Refused) as refusal:
        turn_on(an_appliance(home, watts=6000))

    assert refusal.value.decision.facts == {"make_room": []}


def test_what_was_asked_for_is_told_with_what_it_touched(home: Home, kitchen: Circuit) -> None:
    kettle = an_appliance(home, at=kitchen)

    changed = switching.switch(appliance_id=kettle.pk, on=True, **BY)

    assert (changed.home_id, changed.subject_id) == (home.pk, kettle.pk)
    assert changed.decision == newest(home)
    assert changed.revision == newest(home).revision
    assert changed.appliances == (kettle.pk,)
    assert set(changed.circuits) == {kitchen.pk, main_of(home).pk}


def test_who_asked_is_on_record(home: Home) -> None:
    owner = a_person("Ada", home=home)
    row, _text = a_token(owner, "Wall tablet")
    lamp = an_appliance(home)

    said = []
    for number, by in enumerate([actor.person(owner), actor.token(row), actor.SYSTEM]):
        switching.switch(appliance_id=lamp.pk, on=number % 2 == 0, by=by, now=NOW)
        said.append((newest(home).actor, newest(home).actor_id, newest(home).actor_name))

    assert said == [
        (Actor.PERSON, owner.pk, "Ada"),
        (Actor.TOKEN, row.pk, "Ada (Wall tablet)"),
        (Actor.SYSTEM, None, ""),
    ]


def test_the_record_keeps_the_name_a_thing_had_then(home: Home) -> None:
    kettle = an_appliance(home, "Kettle", on=True)

    appliance.change(appliance_id=kettle.pk, wanted={"name": "Old kettle"}, **BY)
    turn_off(kettle)

    names = home.decisions.filter(subject_id=kettle.pk, subject=Subject.APPLIANCE).order_by("revision")
    assert list(names.values_list("subject_name", flat=True)) == ["Kettle", "Kettle", "Kettle", "Old kettle"]


def test_homes_do_not_share_their_watts(home: Home) -> None:
    an_appliance(home, watts=5000, on=True)
    next_door = a_home(limit_watts=5000)

    turn_on(an_appliance(next_door, watts=5000))

    assert (load_of(home), load_of(next_door)) == (5000, 5000)


def test_an_appliance_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        switching.switch(appliance_id=10**9, on=True, **BY)


def test_a_removed_appliance_cannot_be_switched(home: Home) -> None:
    kettle = an_appliance(home)
    appliance.remove(appliance_id=kettle.pk, **BY)

    with pytest.raises(Missing):
        turn_on(kettle)


def test_the_largest_appliance_is_refused_like_any_other(home: Home) -> None:
    an_appliance(home, watts=1, on=True)
    sun = an_appliance(home, watts=1_000_000_000)

    with pytest.raises(Refused) as refusal:
        turn_on(sun)

    assert refusal.value.decision.exceeded_by == 1_000_000_001 - 5000
    assert not Appliance.objects.get(pk=sun.pk).is_on
