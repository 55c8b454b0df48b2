"""Switching, swapping and asking first, over the API."""

from typing import Any

from appliances.models import Appliance, Decision
from appliances.presentation import wording
from tests.api.conftest import Flat, code_of
from tests.builders import a_home, an_appliance, turn_off


def test_switches_on_what_fits(ask: Any, flat: Flat) -> None:
    answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})

    assert answer.status_code == 200
    said = answer.json()
    assert (said["changed"], said["revision"]) == (True, 10)
    assert said["appliance"]["is_on"] is True
    assert (said["load"]["load_watts"], said["load"]["revision"]) == (3900.5, 10)


def test_switches_off(ask: Any, flat: Flat) -> None:
    said = ask("post", f"/appliances/{flat.oven.pk}/toggle", {"is_on": False}).json()

    assert said["appliance"]["is_on"] is False
    assert said["load"]["load_watts"] == 1500


def test_asking_for_the_state_it_has_succeeds_and_changes_nothing(ask: Any, flat: Flat) -> None:
    for appliance, state in ((flat.oven, True), (flat.lamp, False)):
        said = ask("post", f"/appliances/{appliance.pk}/toggle", {"is_on": state})
        assert said.status_code == 200
        assert (said.json()["changed"], said.json()["revision"]) == (False, 9)
    assert Decision.objects.exclude(home=None).count() == 9


def test_refuses_what_does_not_fit_with_the_numbers_and_the_ways_out(ask: Any, flat: Flat) -> None:
    answer = ask("post", f"/appliances/{flat.kettle.pk}/toggle", {"is_on": True})

    assert answer.status_code == 403
    said = answer.json()
    ways = said.pop("make_room")
    assert said == {
        "type": "/api/v1/docs#capacity_exceeded",
        "title": "It does not fit",
        "status": 403,
        "code": "capacity_exceeded",
        "detail": " ".join(wording.refusal(Decision.objects.latest("id"))),
        "instance": f"/api/v1/appliances/{flat.kettle.pk}/toggle",
        "requested_watts": 2200,
        "current_load_watts": 3900,
        "projected_load_watts": 6100,
        "limit_watts": 5000,
        "exceeded_by_watts": 1100,
        "circuit": {"id": flat.main.pk, "name": "Main"},
    }
    assert ways[0] == {
        "off": [flat.oven.pk],
        "appliances": [{"id": flat.oven.pk, "name": "Oven", "rated_watts": 2400}],
    }
    assert Appliance.objects.get(pk=flat.kettle.pk).is_on is False


def test_a_refusal_is_on_record(ask: Any, flat: Flat) -> None:
    ask("post", f"/appliances/{flat.kettle.pk}/toggle", {"is_on": True})

    newest = ask("get", "/homes/harbour-flat/decisions?limit=1").json()["items"][0]

    assert (newest["action"], newest["outcome"], newest["exceeded_by_watts"]) == ("switch_on", "refused", 1100)


def test_every_way_to_make_room_can_be_posted_as_it_is(ask: Any, flat: Flat) -> None:
    refusal = ask("post", f"/appliances/{flat.kettle.pk}/toggle", {"is_on": True}).json()

    answer = ask("post", f"/appliances/{flat.kettle.pk}/swap", {"off": refusal["make_room"][0]["off"]})

    assert answer.status_code == 200
    assert answer.json()["changed"] is True
    assert answer.json()["appliance"]["is_on"] is True


def test_a_swap_that_does_not_fit_switches_nothing(ask: Any, flat: Flat) -> None:
    boiler = an_appliance(flat.home, "Boiler", watts=4000)

    answer = ask("post", f"/appliances/{boiler.pk}/swap", {"off": [flat.heater.pk]})

    assert code_of(answer) == "capacity_exceeded"
    assert answer.json()["exceeded_by_watts"] == 1400
    assert answer.json()["make_room"][0]["off"] == [flat.heater.pk, flat.oven.pk]
    assert set(Appliance.objects.switched_on()) == {flat.oven, flat.heater}


def test_a_swap_that_is_done_already_changes_nothing(ask: Any, flat: Flat) -> None:
    said = ask("post", f"/appliances/{flat.oven.pk}/swap", {"off": [flat.lamp.pk]}).json()

    assert (said["changed"], said["revision"]) == (False, 9)


def test_an_appliance_does_not_make_room_for_itself(ask: Any, flat: Flat) -> None:
    answer = ask("post", f"/appliances/{flat.kettle.pk}/swap", {"off": [flat.kettle.pk]})

    assert answer.json()["errors"] == {"off": ["An appliance cannot make room for itself."]}


def test_another_homes_appliances_make_no_room(ask: Any, flat: Flat) -> None:
    stranger = an_appliance(a_home(), on=True)

    answer = ask("post", f"/appliances/{flat.kettle.pk}/swap", {"off": [flat.oven.pk, stranger.pk]})

    assert code_of(answer) == "not_found"
    assert set(Appliance.objects.switched_on()) == {flat.oven, flat.heater, stranger}


def test_the_state_must_be_said_plainly(ask: Any, flat: Flat) -> None:
    for body in ({}, {"is_on": "true"}, {"is_on": 1}, {"is_on": None}, {"on": True}, {"is_on": []}):
        answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle", body)
        assert answer.status_code == 422, body
        assert code_of(answer) == "invalid"
        assert "is_on" in answer.json()["errors"]


def test_what_to_switch_off_must_be_ids(ask: Any, flat: Flat) -> None:
    for off in (None, 3, "3", ["3"], [1.0], [True], [0], [2**63], [-1], list(range(1, 102))):
        answer = ask("post", f"/appliances/{flat.kettle.pk}/swap", {"off": off})
        assert answer.status_code == 422, off
        assert list(answer.json()["errors"]) == ["off"]


def test_fit_says_yes_and_records_nothing(ask: Any, flat: Flat) -> None:
    answer = ask("get", f"/appliances/{flat.lamp.pk}/fit").json()

    assert (answer["fits"], answer["short_by_watts"], answer["appliance"]["id"]) == (True, 0, flat.lamp.pk)
    assert set(answer) == {"fits", "short_by_watts", "appliance"}
    assert Decision.objects.exclude(home=None).count() == 9


def test_fit_foretells_the_refusal(ask: Any, flat: Flat) -> None:
    foretold = ask("get", f"/appliances/{flat.kettle.pk}/fit").json()
    refused = ask("post", f"/appliances/{flat.kettle.pk}/toggle", {"is_on": True}).json()

    assert foretold["fits"] is False
    assert foretold["short_by_watts"] == refused["exceeded_by_watts"]
    shared = foretold.keys() - {"fits", "short_by_watts", "appliance"}
    assert len(shared) == 7
    assert {name: foretold[name] for name in shared} == {name: refused[name] for name in shared}


def test_what_is_on_fits(ask: Any, flat: Flat) -> None:
    assert ask("get", f"/appliances/{flat.oven.pk}/fit").json()["fits"] is True


def test_to_the_milliwatt(ask: Any, flat: Flat) -> None:
    turn_off(flat.oven)
    turn_off(flat.heater)
    exact = an_appliance(flat.home, "Exact", watts="5000.0")
    over = an_appliance(flat.home, "Over", watts="5000.1")
    barely = an_appliance(flat.home, "Barely", watts="5000.001")

    assert ask("post", f"/appliances/{over.pk}/toggle", {"is_on": True}).json()["exceeded_by_watts"] == 0.1
    assert ask("post", f"/appliances/{barely.pk}/toggle", {"is_on": True}).json()["exceeded_by_watts"] == 0.001
    assert ask("post", f"/appliances/{exact.pk}/toggle", {"is_on": True}).status_code == 200
