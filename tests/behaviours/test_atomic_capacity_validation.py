"""What would not fit is refused before it happens, by every path, and nothing of it is half done.

The flat carries 4000 W of 5000 W; its kitchen 2400 W of 3000 W; its annex could carry 2000 W.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from appliances.models import Appliance, Circuit
from appliances.models.decision import Outcome
from appliances.services import appliance, circuit, home, switching, verifying
from appliances.services.outcome import Changed, Refused
from tests.behaviours.conftest import Flat
from tests.builders import a_circuit, a_token, an_appliance, main_of, turn_off
from tests.services.asking import BY
from tests.services.rows import load_of, newest, revision_of, rows_of

pytestmark = pytest.mark.django_db


TOO_MUCH: dict[str, Callable[[Flat], Changed]] = {
    "switching on": lambda flat: switching.switch(appliance_id=flat.kettle.pk, on=True, **BY),
    "swapping": lambda flat: switching.swap(on_id=flat.kettle.pk, off_ids=[flat.heater.pk], **BY),
    "rating higher": lambda flat: appliance.change(
        appliance_id=flat.oven.pk, wanted={"name": "Big oven", "rated": Decimal(3001)}, **BY
    ),
    "moving": lambda flat: appliance.change(
        appliance_id=flat.heater.pk, wanted={"name": "Towel rail", "circuit_id": flat.kitchen.pk}, **BY
    ),
    "limiting a circuit": lambda flat: circuit.change(
        circuit_id=flat.kitchen.pk, wanted={"name": "Pantry", "limit": Decimal(2399)}, **BY
    ),
    "feeding a circuit from another": lambda flat: circuit.change(
        circuit_id=flat.kitchen.pk, wanted={"name": "Far kitchen", "parent_id": flat.annex.pk}, **BY
    ),
    "limiting the home": lambda flat: home.change(
        home_id=flat.home.pk, wanted={"name": "Small flat", "limit": Decimal(3999)}, **BY
    ),
}

JUST_FITS: dict[str, Callable[[Flat], Changed]] = {
    "switching on": lambda flat: switching.switch(
        appliance_id=an_appliance(flat.home, watts=600, at=flat.kitchen).pk, on=True, **BY
    ),
    "swapping": lambda flat: switching.swap(
        on_id=an_appliance(flat.home, watts=3000, at=flat.kitchen).pk, off_ids=[flat.oven.pk], **BY
    ),
    "rating higher": lambda flat: appliance.change(appliance_id=flat.oven.pk, wanted={"rated": Decimal(3000)}, **BY),
    "moving": lambda flat: appliance.change(appliance_id=flat.heater.pk, wanted={"circuit_id": flat.annex.pk}, **BY),
    "limiting a circuit": lambda flat: circuit.change(
        circuit_id=flat.kitchen.pk, wanted={"limit": Decimal(2400)}, **BY
    ),
    "feeding a circuit from another": lambda flat: circuit.change(
        circuit_id=flat.kitchen.pk, wanted={"parent_id": a_circuit(flat.home, limit_watts=2400).pk}, **BY
    ),
    "limiting the home": lambda flat: home.change(home_id=flat.home.pk, wanted={"limit": Decimal(4000)}, **BY),
}


@pytest.mark.parametrize("path", TOO_MUCH)
def test_what_would_not_fit_is_refused_and_changes_nothing(flat: Flat, path: str) -> None:
    before = rows_of(flat.home)

    with pytest.raises(Refused):
        TOO_MUCH[path](flat)

    assert rows_of(flat.home) == before
    assert verifying.differences() == []


@pytest.mark.parametrize("path", TOO_MUCH)
def test_a_refusal_is_on_record_with_the_numbers_it_was_taken_on(flat: Flat, path: str) -> None:
    before = revision_of(flat.home)

    with pytest.raises(Refused) as refusal:
        TOO_MUCH[path](flat)

    recorded = newest(flat.home)
    assert recorded == refusal.value.decision
    assert (recorded.revision, recorded.outcome) == (before + 1, Outcome.REFUSED)
    assert recorded.exceeded_by == recorded.load_after - recorded.limit > 0


@pytest.mark.parametrize("path", JUST_FITS)
def test_what_just_fits_is_granted(flat: Flat, path: str) -> None:
    changed = JUST_FITS[path](flat)

    assert changed.decision is not None
    assert changed.decision.outcome == Outcome.GRANTED
    assert verifying.differences() == []


def test_every_breaker_on_the_way_up_has_a_say(flat: Flat) -> None:
    turn_off(flat.oven)
    shaver = an_appliance(flat.home, "Shaver", watts=10, at=a_circuit(flat.home, limit_watts=9, fed_from=flat.kitchen))
    boiler = an_appliance(flat.home, "Boiler", watts=3500)

    with pytest.raises(Refused) as near:
        switching.switch(appliance_id=shaver.pk, on=True, **BY)
    with pytest.raises(Refused) as far:
        switching.switch(appliance_id=boiler.pk, on=True, **BY)

    assert near.value.decision.exceeded_by == 1
    assert (far.value.decision.circuit_name, far.value.decision.exceeded_by) == ("Main", 100)


def test_the_database_itself_has_the_last_word(flat: Flat) -> None:
    kettle = Appliance.objects.filter(pk=flat.kettle.pk)

    with pytest.raises(IntegrityError, match="overload"), transaction.atomic():
        kettle.update(is_on=True)
    with pytest.raises(IntegrityError, match="overload"), transaction.atomic():
        Circuit.objects.filter(pk=main_of(flat.home).pk).update(limit=3999)

    assert not kettle.get().is_on
    assert load_of(flat.home) == 4000


def test_a_press_on_the_switch_is_refused_with_the_reason(flat: Flat, client: Client) -> None:
    client.force_login(flat.owner)
    before = rows_of(flat.home)

    answer = client.post(f"/appliances/{flat.kettle.pk}/switch/", {"is_on": "true"}, headers={"HX-Request": "true"})

    assert answer.status_code == 403
    assert f'id="answer-{flat.kettle.pk}"' in answer.text
    assert "Kitchen" in answer.text
    assert rows_of(flat.home) == before


def test_the_api_refuses_with_the_numbers_and_the_ways_out(flat: Flat, client: Client) -> None:
    _row, text = a_token(flat.owner)
    before = rows_of(flat.home)

    answer = client.post(
        f"/api/v1/appliances/{flat.kettle.pk}/toggle",
        {"is_on": True},
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (403, "capacity_exceeded")
    assert problem["circuit"] == {"id": flat.kitchen.pk, "name": "Kitchen"}
    assert (problem["current_load_watts"], problem["projected_load_watts"]) == (2400, 3600)
    assert (problem["limit_watts"], problem["exceeded_by_watts"]) == (3000, 600)
    assert [way["off"] for way in problem["make_room"]] == [[flat.oven.pk]]
    assert rows_of(flat.home) == before
