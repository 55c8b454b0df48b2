"""Planning over the API: whether a combination would fit, before anything is switched."""

from typing import Any

import pytest

from appliances.models import Decision
from tests.api.conftest import Caller, Flat, code_of
from tests.api.test_dry_run import everything
from tests.builders import a_home, a_person, an_appliance, turn_off, turn_on

PLAN = "/homes/harbour-flat/plan"


def test_a_combination_that_fits(ask: Any, flat: Flat) -> None:
    answer = ask("post", PLAN, {"on": [flat.kettle.pk], "off": [flat.oven.pk]})

    assert answer.status_code == 200
    said = answer.json()
    load = said.pop("load")
    assert said == {
        "fits": True,
        "exceeded_by_watts": 0,
        "circuit": None,
        "appliances": [
            {"id": flat.heater.pk, "name": "Heater", "rated_watts": 1500, "is_on": True},
            {"id": flat.kettle.pk, "name": "Kettle", "rated_watts": 2200, "is_on": True},
        ],
        "make_room": [],
    }
    assert (load["load_watts"], load["headroom_watts"], load["appliances_on"]) == (3700, 1300, 2)


def test_the_load_is_what_it_would_be(ask: Any, flat: Flat) -> None:
    planned = ask("post", PLAN, {"on": [flat.kettle.pk], "off": [flat.oven.pk]}).json()["load"]
    turn_off(flat.oven)
    turn_on(flat.kettle)

    real = ask("get", "/homes/harbour-flat/load").json()
    assert {**planned, "revision": 0} == {**real, "revision": 0}


def test_a_combination_that_does_not_fit(ask: Any, flat: Flat) -> None:
    said = ask("post", PLAN, {"on": [flat.kettle.pk]}).json()

    assert (said["fits"], said["exceeded_by_watts"]) == (False, 1100)
    assert said["circuit"] == {"id": flat.main.pk, "name": "Main"}
    assert (said["load"]["load_watts"], said["load"]["headroom_watts"], said["load"]["status"]) == (
        6100,
        -1100,
        "critical",
    )
    assert said["make_room"][0]["off"] == [flat.oven.pk]


def test_what_is_to_be_on_is_not_proposed_for_switching_off(ask: Any, flat: Flat) -> None:
    said = ask("post", PLAN, {"on": [flat.kettle.pk, flat.oven.pk]}).json()

    assert said["fits"] is False
    assert said["make_room"] == []


def test_every_way_makes_the_plan_fit(ask: Any, flat: Flat) -> None:
    ways = ask("post", PLAN, {"on": [flat.kettle.pk]}).json()["make_room"]

    assert ways
    for way in ways:
        assert ask("post", PLAN, {"on": [flat.kettle.pk], "off": way["off"]}).json()["fits"] is True


def test_nothing_planned_is_the_home_as_it_is(ask: Any, flat: Flat) -> None:
    assert ask("post", PLAN, {}).json()["load"] == ask("get", "/homes/harbour-flat/load").json()


def test_planning_changes_nothing(ask: Any, flat: Flat) -> None:
    before = everything()

    ask("post", PLAN, {"on": [flat.lamp.pk], "off": [flat.oven.pk]}, Idempotency_Key="k")

    assert everything() == before
    assert not Decision.objects.filter(revision__gt=9).exists()


def test_another_homes_appliances_and_both_ways_at_once_are_wrong(ask: Any, flat: Flat) -> None:
    stranger = an_appliance(a_home())

    answer = ask("post", PLAN, {"on": [stranger.pk, flat.lamp.pk], "off": [flat.lamp.pk]})

    assert code_of(answer) == "invalid"
    assert answer.json()["errors"] == {
        "on": [f"There is no such appliance in this home: {stranger.pk}."],
        "off": [f"An appliance cannot be on and off at once: {flat.lamp.pk}."],
    }


@pytest.mark.parametrize(("role", "status"), [("viewer", 200), (None, 404)])
def test_whoever_may_look_may_plan(flat: Flat, role: str | None, status: int) -> None:
    person = a_person("bob", home=flat.home, role=role) if role else a_person("bob")

    assert Caller(person).ask("post", PLAN, {"on": [flat.lamp.pk]}).status_code == status
