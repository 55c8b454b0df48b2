"""A limit is lowered while appliances are switched on: whoever comes second finds out."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from appliances.models import Home
from appliances.models.decision import Action, Outcome
from appliances.services import appliance, circuit, verifying
from appliances.services import home as homes
from appliances.services.outcome import Changed
from appliances.services.switching import switch
from tests.builders import a_circuit, a_home, an_appliance, main_of, turn_off
from tests.races.crowd import at_once, decided
from tests.services.asking import BY
from tests.services.rows import load_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6

Ask = Callable[[], Changed]


def lower_main(home: Home) -> Ask:
    return partial(circuit.change, circuit_id=main_of(home).pk, wanted={"limit": 2000}, **BY)


def lower_home(home: Home) -> Ask:
    return partial(homes.change, home_id=home.pk, wanted={"limit": 2000, "warning_percent": 50}, **BY)


@pytest.mark.parametrize("lower", [lower_main, lower_home])
def test_lowered_among_switch_ons_a_limit_holds_or_is_refused(lower: Callable[[Home], Ask]) -> None:
    home = a_home(limit_watts=5000)
    heaters = [an_appliance(home, watts=1000) for _ in range(5)]

    for _ in range(ROUNDS):
        homes.change(home_id=home.pk, wanted={"limit": 5000, "warning_percent": 80}, **BY)
        asks = [partial(switch, appliance_id=row.pk, on=True, **BY) for row in heaters]

        answers = at_once([partial(decided, ask) for ask in [*asks[:2], lower(home), *asks[2:]]])

        lowered = next(one for one in answers if one and one.action not in {Action.SWITCH_ON})
        if lowered.outcome == Outcome.GRANTED:
            assert (load_of(home), main_of(home).limit) == (2000, 2000)
        else:
            assert (load_of(home), main_of(home).limit) == (5000, 5000)
            assert lowered.exceeded_by == lowered.load_after - 2000 >= 1000
        for row in heaters:
            turn_off(row)
    assert verifying.differences() == []


def test_rated_higher_moved_and_limited_at_once_no_breaker_is_exceeded() -> None:
    home = a_home(limit_watts=5000)
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    heater, oven = an_appliance(home, watts=1500, on=True), an_appliance(home, watts=1500, at=kitchen, on=True)
    main, here = main_of(home).pk, kitchen.pk
    steps = [
        (
            partial(appliance.change, appliance_id=heater.pk, wanted={"circuit_id": where, "rated": watts}, **BY),
            partial(appliance.change, appliance_id=oven.pk, wanted={"rated": Decimal(4000) - watts}, **BY),
            partial(circuit.change, circuit_id=here, wanted={"limit": watts + 1000}, **BY),
        )
        for where, watts in [(here, 1000), (main, 2000), (here, 1500), (main, 1000), (here, 2000)]
    ]

    for step in steps:
        answers = at_once([partial(decided, ask) for ask in step])

        assert any(answer and answer.outcome == Outcome.GRANTED for answer in answers)
        assert verifying.differences() == []
