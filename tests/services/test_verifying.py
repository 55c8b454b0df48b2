"""Whatever is done to the rows behind VoltSafe's back is found and named; of a clean home nothing is said."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection

from appliances.interlock import guard
from appliances.models import Appliance, Circuit, Decision
from appliances.services import appliance, circuit, home, switching, verifying
from appliances.services.outcome import Refused
from appliances.services.replaying import Replay
from tests.builders import a_circuit, a_home, an_appliance, main_of, turn_off, turn_on
from tests.races.crowd import at_once
from tests.services.asking import BY
from tests.services.tampering import TAMPERED, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """2400 W of the oven are on in the kitchen, the lamp is off; the eighth of nine decisions is a refusal."""
    of = a_home("Flat", limit_watts=5000)
    kitchen = a_circuit(of, "Kitchen", limit_watts=3000)
    oven = an_appliance(of, "Oven", watts=2400, at=kitchen, on=True)
    lamp = an_appliance(of, "Lamp", watts=100)
    sun = an_appliance(of, "Sun", watts=6000)
    with pytest.raises(Refused):
        turn_on(sun)
    appliance.remove(appliance_id=sun.pk, **BY)
    return House(of, main_of(of), kitchen, oven, lamp, a_home("Next door"))


@pytest.fixture
def unguarded(house: House) -> None:
    """The interlock steps aside: without it, anything can happen."""
    connection.check_constraints()
    guard.remove(connection)


def found() -> list[str]:
    return [line for line in verifying.differences() if not line.startswith("interlock: ")]


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("thing", TAMPERED)
def test_what_was_tampered_with_is_named(house: House, thing: str) -> None:
    assert found() == []
    tamper, expected = TAMPERED[thing]

    tamper(house)

    shed = Circuit.objects.filter(name="Shed").values_list("pk", flat=True).first()
    ids = {"main": house.main.pk, "kitchen": house.kitchen.pk, "next_door": main_of(house.next_door).pk, "shed": shed}
    for line in expected:
        assert any(one.startswith(line.format(**ids)) for one in found()), found()


@pytest.mark.usefixtures("unguarded")
def test_a_missing_interlock_is_named() -> None:
    lines = verifying.differences()

    assert lines
    assert all(line.startswith("interlock: ") for line in lines)


def test_of_a_clean_home_nothing_is_said_whatever_was_done_with_it(house: House) -> None:
    shed = a_circuit(house.home, "Shed", limit_watts=5000)
    switching.swap(on_id=house.lamp.pk, off_ids=[house.oven.pk], **BY)
    circuit.change(
        circuit_id=house.kitchen.pk, wanted={"parent_id": shed.pk, "limit": "2400.5", "name": "Pantry"}, **BY
    )
    appliance.change(appliance_id=house.lamp.pk, wanted={"circuit_id": shed.pk, "rated": "0.001", "note": "LED"}, **BY)
    home.change(home_id=house.home.pk, wanted={"name": "Loft", "limit": 4000, "warning_percent": 50}, **BY)
    with pytest.raises(Refused):
        circuit.change(circuit_id=shed.pk, wanted={"limit": 0}, **BY)
    turn_off(house.lamp)
    appliance.remove(appliance_id=house.oven.pk, **BY)
    circuit.remove(circuit_id=house.kitchen.pk, **BY)

    assert verifying.differences() == []


def test_of_a_removed_home_nothing_is_said(house: House) -> None:
    home.remove(home_id=house.home.pk, **BY)

    assert verifying.differences() == []


@pytest.mark.django_db(transaction=True)
def test_verifying_keeps_no_writer_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    play = Replay.play

    def switch_meanwhile(replay: Replay, row: Decision) -> Iterator[str]:
        at_once([partial(turn_on, house.lamp)])
        return play(replay, row)

    monkeypatch.setattr(Replay, "play", switch_meanwhile)

    assert verifying.differences() == []
    assert Appliance.objects.get(pk=house.lamp.pk).is_on
