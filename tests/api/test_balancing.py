"""The waitlist, temporary limits, the order, the controller and lowering on purpose, as an automation sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appliances.models import Appliance, Wait
from appliances.services import limits, tending
from tests.api.conftest import Flat, code_of
from tests.builders import an_appliance


def soon(hours: float = 1) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def test_what_does_not_fit_can_wait_and_is_seen_in_line(ask: Any, flat: Flat) -> None:
    answer = ask("post", f"/appliances/{flat.kettle.pk}/wait", {})

    assert answer.status_code == 200
    assert answer.json()["changed"] is True
    claim = answer.json()["appliance"]["claim"]
    assert (claim["why"], claim["place"], claim["state"]) == ("waiting", 1, "short")
    assert claim["short_by_watts"] == 1100
    assert claim["circuit"]["name"] == "Main"
    assert claim["asked_by"] == "ada (test)"
    listed = ask("get", "/homes/harbour-flat/waitlist").json()["items"]
    assert [(one["appliance"]["name"], one["place"]) for one in listed] == [("Kettle", 1)]

    again = ask("post", f"/appliances/{flat.kettle.pk}/wait", {})
    assert again.json()["changed"] is False
    assert ask("delete", f"/appliances/{flat.kettle.pk}/wait").json()["appliance"]["claim"] is None
    assert ask("delete", f"/appliances/{flat.kettle.pk}/wait").json()["changed"] is False


def test_what_fits_starts_at_once_instead_of_waiting(ask: Any, flat: Flat) -> None:
    answer = ask("post", f"/appliances/{flat.lamp.pk}/wait", {})

    assert answer.json()["appliance"]["is_on"] is True
    assert not Wait.objects.exists()


def test_nothing_waits_for_what_can_never_be(ask: Any, flat: Flat) -> None:
    furnace = an_appliance(flat.home, "Furnace", watts=3601, at=flat.kitchen)

    answer = ask("post", f"/appliances/{furnace.pk}/wait", {})

    assert code_of(answer) == "invalid"
    assert "Kitchen carries at most 3600 W" in answer.json()["detail"]


@pytest.mark.parametrize("hours", [-1, 24 * 8])
def test_waiting_ends_within_a_week(ask: Any, flat: Flat, hours: float) -> None:
    answer = ask("post", f"/appliances/{flat.kettle.pk}/wait", {"expires_at": soon(hours)})

    assert list(answer.json()["errors"]) == ["expires_at"]


def test_an_armed_controller_starts_it_when_there_is_room(ask: Any, flat: Flat) -> None:
    assert ask("put", "/homes/harbour-flat/controller", {"mode": "armed"}).json()["mode"] == "armed"
    ask("post", f"/appliances/{flat.kettle.pk}/wait", {})
    ask("post", f"/appliances/{flat.oven.pk}/toggle", {"is_on": False})

    tending.tick(datetime.now(UTC))

    assert ask("get", f"/appliances/{flat.kettle.pk}").json()["is_on"] is True
    controller = ask("get", "/homes/harbour-flat/controller").json()
    assert (controller["late"], controller["needs_person"]) == (False, [])


def test_a_temporary_limit_holds_from_the_moment_it_is_made(ask: Any, flat: Flat) -> None:
    sent = {"limit_watts": 3000, "ends_at": soon(), "source": "grid", "reason": "Peak"}

    made = ask("post", "/homes/harbour-flat/limits", sent)

    assert made.status_code == 201
    assert made.json()["circuit"]["name"] == "Main"
    assert (made.json()["in_force"], made.json()["binds"]) == (True, True)
    assert ask("get", made.headers["Location"].removeprefix("/api/v1")).json() == made.json()
    load = ask("get", "/homes/harbour-flat/load").json()
    assert (load["limit_watts"], load["headroom_watts"], load["status"]) == (3000, -900, "critical")
    assert load["circuits"][0]["own_limit_watts"] == 5000
    assert load["circuits"][0]["limited_by"] == made.json()["id"]
    assert ask("get", "/homes/harbour-flat/controller").json()["needs_person"] == [
        {"circuit": {"id": flat.main.pk, "name": "Main"}, "exceeded_by_watts": 900}
    ]
    refused = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})
    assert refused.json()["exceeded_by_watts"] == 900.5
    assert "Peak" in refused.json()["detail"]
    assert ask("post", f"/appliances/{flat.oven.pk}/toggle", {"is_on": False}).status_code == 200

    assert ask("delete", f"/limits/{made.json()['id']}").status_code == 204
    assert ask("get", "/homes/harbour-flat/load").json()["limit_watts"] == 5000


def test_a_limit_that_is_over_before_its_answer_was_made_all_the_same(
    ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever asked would take it for not made, and ask again."""
    add = limits.add

    def add_and_lift(**wanted: Any) -> Any:
        made = add(**wanted)
        limits.remove(limit_id=made.subject_id or 0, by=wanted["by"], now=wanted["now"])
        return made

    monkeypatch.setattr(limits, "add", add_and_lift)
    sent = {"limit_watts": 3000, "ends_at": soon(), "source": "grid", "reason": "Peak", "circuit_id": flat.kitchen.pk}

    answer = ask("post", "/homes/harbour-flat/limits", sent)

    assert answer.status_code == 201
    made = answer.json()
    assert (made["circuit"]["name"], made["limit_watts"], made["binds"]) == ("Kitchen", 3000, False)
    assert (made["ends_at"], made["source"], made["reason"]) == (sent["ends_at"], "grid", "Peak")
    assert ask("get", "/homes/harbour-flat/limits").json()["items"] == []


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"ends_at": "later"}, {"limit_watts", "ends_at"}),
        ({"limit_watts": 4000}, {"ends_at"}),
        ({"limit_watts": None, "ends_at": soon()}, {"limit_watts"}),
        ({"limit_watts": -1, "ends_at": soon()}, {"limit_watts"}),
        ({"limit_watts": 4000, "ends_at": soon(-1)}, {"ends_at"}),
        ({"limit_watts": 4000, "ends_at": soon(), "starts_at": soon(2)}, {"ends_at"}),
        ({"limit_watts": 4000, "ends_at": "2030-01-01T00:00:00"}, {"ends_at"}),
        ({"limit_watts": 4000, "ends_at": soon(24 * 400)}, {"ends_at"}),
        ({"limit_watts": 4000, "ends_at": soon(), "source": "weather"}, {"source"}),
        ({"limit_watts": 4000, "ends_at": soon(), "circuit_id": 10**9}, {"circuit_id"}),
    ],
)
def test_a_temporary_limit_that_makes_no_sense_is_named(ask: Any, flat: Flat, sent: Any, wrong: set[str]) -> None:
    answer = ask("post", "/homes/harbour-flat/limits", sent)

    assert code_of(answer) == "invalid"
    assert set(answer.json()["errors"]) == wrong


def test_the_order_is_set_as_a_whole(ask: Any, flat: Flat) -> None:
    wanted = [flat.lamp.pk, flat.oven.pk, flat.kettle.pk, flat.heater.pk]

    assert ask("put", "/homes/harbour-flat/order", {"order": wanted}).json() == {"order": wanted}
    assert ask("get", "/homes/harbour-flat/order").json() == {"order": wanted}
    assert ask("get", f"/appliances/{flat.kettle.pk}").json()["priority"] == 3
    for order in (wanted[1:], [*wanted, wanted[0]], []):
        assert code_of(ask("put", "/homes/harbour-flat/order", {"order": order})) == "invalid"


def test_a_limit_is_lowered_on_purpose_with_what_the_refusal_named(ask: Any, flat: Flat) -> None:
    ask("patch", f"/appliances/{flat.heater.pk}", {"may_be_shed": True})

    refused = ask("patch", "/homes/harbour-flat", {"limit_watts": 3000})
    assert code_of(refused) == "capacity_exceeded"
    preview = refused.json()["would_shed"]
    assert preview["off"] == [flat.heater.pk]

    wrong = ask("patch", "/homes/harbour-flat", {"limit_watts": 3000, "shed": [flat.oven.pk]})
    assert code_of(wrong) == "preview_changed"
    assert wrong.json()["would_shed"] == preview

    done = ask("patch", "/homes/harbour-flat", {"limit_watts": 3000, "shed": preview["off"]})
    assert done.json()["limit_watts"] == 3000
    assert not Appliance.objects.get(pk=flat.heater.pk).is_on
    texts = [one["text"] for one in ask("get", "/homes/harbour-flat/decisions?limit=2").json()["items"]]
    assert "limit from" in texts[0]
    assert "Heater off by VoltSafe: Main lowered to 3" in texts[1]


def test_what_must_stay_on_keeps_a_limit_from_being_lowered(ask: Any, flat: Flat) -> None:
    refused = ask("patch", f"/circuits/{flat.kitchen.pk}", {"limit_watts": 2000, "shed": []})

    assert code_of(refused) == "capacity_exceeded"
    assert "would_shed" not in refused.json()


def test_a_compressor_rests(ask: Any, flat: Flat) -> None:
    ask("patch", f"/appliances/{flat.lamp.pk}", {"min_off_seconds": 180})
    for on in (True, False):
        ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": on})

    answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})

    assert code_of(answer) == "must_rest"
    assert datetime.fromisoformat(answer.json()["rests_until"]) > datetime.now(UTC)


def test_a_new_appliance_has_what_is_usual_for_its_kind(ask: Any, flat: Flat) -> None:
    sent = {"name": "Fridge", "kind": "fridge", "rated_watts": 150, "min_off_seconds": 240}

    fridge = ask("post", "/homes/harbour-flat/appliances", sent).json()

    assert (fridge["may_be_shed"], fridge["min_on_seconds"], fridge["min_off_seconds"]) == (False, 180, 240)
    assert fridge["priority"] == 1
    assert ask("get", "/homes/harbour-flat/order").json()["order"][0] == fridge["id"]
