"""Asking for what already is succeeds, says so, and changes and records nothing twice."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from appliances.models import Decision
from appliances.presentation import wording
from appliances.services import appliance, circuit, home, sample_home, switching
from appliances.services.outcome import Changed, Refused
from tests.behaviours.conftest import Flat
from tests.services.asking import BY
from tests.services.rows import load_of, revision_of, rows_of

pytestmark = pytest.mark.django_db


REQUESTS: dict[str, Callable[[Flat], Changed]] = {
    "switch on": lambda flat: switching.switch(appliance_id=flat.heater.pk, on=True, **BY),
    "switch off": lambda flat: switching.switch(appliance_id=flat.oven.pk, on=False, **BY),
    "swap": lambda flat: switching.swap(on_id=flat.kettle.pk, off_ids=[flat.oven.pk], **BY),
    "rate": lambda flat: appliance.change(appliance_id=flat.oven.pk, wanted={"rated": Decimal("2400.0")}, **BY),
    "rename": lambda flat: appliance.change(appliance_id=flat.oven.pk, wanted={"name": " Wall  oven "}, **BY),
    "move": lambda flat: appliance.change(appliance_id=flat.heater.pk, wanted={"circuit_id": flat.annex.pk}, **BY),
    "limit a circuit": lambda flat: circuit.change(circuit_id=flat.kitchen.pk, wanted={"limit": "2500"}, **BY),
    "limit the home": lambda flat: home.change(home_id=flat.home.pk, wanted={"limit": 4500}, **BY),
    "change nothing": lambda flat: home.change(home_id=flat.home.pk, wanted={}, **BY),
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_asked_twice_it_succeeds_twice_and_happens_once(flat: Flat, request_: str) -> None:
    REQUESTS[request_](flat)
    rows, revision, recorded = rows_of(flat.home), revision_of(flat.home), Decision.objects.count()

    again = REQUESTS[request_](flat)

    assert again.decision is None
    assert again.revision == revision == revision_of(flat.home)
    assert rows_of(flat.home) == rows
    assert Decision.objects.count() == recorded


def test_a_switch_that_is_on_is_not_counted_twice(flat: Flat) -> None:
    for _ in range(3):
        switching.switch(appliance_id=flat.oven.pk, on=True, **BY)

    assert load_of(flat.home) == 4000


def test_a_second_press_is_answered_with_the_same_state(flat: Flat, client: Client) -> None:
    client.force_login(flat.owner)

    answers = [
        client.post(f"/appliances/{flat.oven.pk}/switch/", {"is_on": "false"}, headers={"HX-Request": "true"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer["X-VoltSafe-Revision"] for answer in answers] == [str(revision_of(flat.home))] * 2
    assert all(wording.watts(Decimal(5000 - 1600)) in answer.text for answer in answers)


def test_a_refusal_is_recorded_every_time_since_every_time_somebody_asked(flat: Flat) -> None:
    before = revision_of(flat.home)

    for _ in range(2):
        with pytest.raises(Refused):
            switching.switch(appliance_id=flat.kettle.pk, on=True, **BY)

    assert revision_of(flat.home) == before + 2


def test_the_sample_home_is_furnished_once() -> None:
    sample_home.add(**BY)

    assert sample_home.add(**BY) is None
