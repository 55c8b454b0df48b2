"""Appliances over the API."""

from typing import Any

from appliances.models import Appliance
from tests.api.conftest import Flat, code_of
from tests.builders import a_circuit, a_home, turn_off


def test_lists_the_appliances_of_a_home(ask: Any, flat: Flat) -> None:
    listed = ask("get", "/homes/harbour-flat/appliances").json()["items"]

    assert [one["name"] for one in listed] == ["Oven", "Heater", "Kettle", "Lamp"]
    assert listed[2] == {
        "id": flat.kettle.pk,
        "name": "Kettle",
        "kind": "other",
        "circuit_id": flat.kitchen.pk,
        "rated_watts": 2200,
        "is_on": False,
        "priority": 5,
        "note": "",
        "may_be_shed": False,
        "may_be_interrupted": True,
        "returns_by_itself": False,
        "min_on_seconds": 0,
        "min_off_seconds": 0,
        "max_on_seconds": None,
        "fits": False,
        "short_by_watts": 1100,
        "claim": None,
    }


def test_shows_an_appliance(ask: Any, flat: Flat) -> None:
    answer = ask("get", f"/appliances/{flat.lamp.pk}")

    assert answer.json()["rated_watts"] == 0.5
    assert answer.json()["fits"] is True


def test_adds_an_appliance_at_the_main_circuit_if_none_is_named(ask: Any, flat: Flat) -> None:
    answer = ask("post", "/homes/harbour-flat/appliances", {"name": "Fan", "rated_watts": "45.5"})

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/appliances/{made['id']}"
    assert (made["circuit_id"], made["rated_watts"], made["is_on"]) == (flat.main.pk, 45.5, False)
    assert ask("get", f"/appliances/{made['id']}").json() == made


def test_adds_an_appliance_with_everything(ask: Any, flat: Flat) -> None:
    sent = {
        "name": "Toaster",
        "rated_watts": 900,
        "circuit_id": flat.kitchen.pk,
        "kind": "toaster",
        "priority": 3,
        "note": "On the worktop.",
    }

    made = ask("post", "/homes/harbour-flat/appliances", sent).json()

    assert {name: made[name] for name in sent} == sent


def test_an_appliance_is_not_added_at_another_homes_circuit(ask: Any, flat: Flat) -> None:
    elsewhere = a_circuit(a_home())

    answer = ask("post", "/homes/harbour-flat/appliances", {"name": "A", "rated_watts": 1, "circuit_id": elsewhere.pk})

    assert answer.json()["errors"] == {"circuit_id": ["There is no such circuit in this home."]}


def test_names_are_unique_in_a_home(ask: Any) -> None:
    answer = ask("post", "/homes/harbour-flat/appliances", {"name": "kettle", "rated_watts": 1})

    assert answer.status_code == 422
    assert answer.json()["errors"] == {"name": ["This home already has an appliance with that name."]}


def test_changes_what_is_sent_and_nothing_else(ask: Any, flat: Flat) -> None:
    before = ask("get", f"/appliances/{flat.lamp.pk}").json()

    after = ask("patch", f"/appliances/{flat.lamp.pk}", {"note": "By the window."}).json()

    assert after == {**before, "note": "By the window."}


def test_a_change_with_one_wrong_field_changes_nothing(ask: Any, flat: Flat) -> None:
    answer = ask("patch", f"/appliances/{flat.lamp.pk}", {"note": "New", "rated_watts": 0})

    assert answer.json()["errors"] == {"rated_watts": ["Rated power is more than 0 W."]}
    assert Appliance.objects.get(pk=flat.lamp.pk).note == ""


def test_while_it_is_on_it_must_still_fit(ask: Any, flat: Flat) -> None:
    turn_off(flat.heater)

    answer = ask("patch", f"/appliances/{flat.oven.pk}", {"rated_watts": 3600.001, "name": "Big oven"})

    assert answer.status_code == 403
    assert answer.json()["circuit"] == {"id": flat.kitchen.pk, "name": "Kitchen"}
    assert answer.json()["exceeded_by_watts"] == 0.001
    assert Appliance.objects.get(pk=flat.oven.pk).name == "Oven"


def test_a_refusal_may_speak_of_more_than_a_gigawatt(ask: Any, flat: Flat) -> None:
    answer = ask("patch", f"/appliances/{flat.heater.pk}", {"rated_watts": 999999999.999})

    assert code_of(answer) == "capacity_exceeded"
    assert answer.json()["projected_load_watts"] == 1000002399.999


def test_its_state_is_switched_and_not_patched(ask: Any, flat: Flat) -> None:
    answer = ask("patch", f"/appliances/{flat.lamp.pk}", {"is_on": True})

    assert answer.json()["errors"] == {"is_on": ["There is no such field here."]}


def test_null_is_no_value(ask: Any, flat: Flat) -> None:
    answer = ask("patch", f"/appliances/{flat.lamp.pk}", {"name": None, "circuit_id": None, "rated_watts": None})

    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"name", "circuit_id", "rated_watts"}


def test_removes_an_appliance_once(ask: Any, flat: Flat) -> None:
    answer = ask("delete", f"/appliances/{flat.oven.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert ask("get", "/homes/harbour-flat/load").json()["load_watts"] == 1500
    assert code_of(ask("delete", f"/appliances/{flat.oven.pk}")) == "not_found"


def test_numbers_no_database_has_are_not_found_or_not_valid(ask: Any) -> None:
    for number in ("0", str(2**63 - 1), str(2**63), "9" * 30, "9" * 5000, "-1", "1.0", "x"):
        assert ask("get", f"/appliances/{number}").status_code in {404, 422}
        assert ask("get", f"/circuits/{number}").status_code in {404, 422}
        assert ask("post", f"/appliances/{number}/toggle", {"is_on": True}).status_code in {404, 422}
