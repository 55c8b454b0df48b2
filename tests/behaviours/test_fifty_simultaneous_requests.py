"""Fifty ask for 1000 W of 5000 W at once: exactly those that fit get it, and everyone gets an answer.

Once from fifty threads of one process, once from four processes that share nothing but the database.
"""

from collections.abc import Callable
from functools import partial

import pytest

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.models.decision import Action, Outcome
from appliances.services import actor, switching, verifying
from tests.builders import NOW, a_circuit, a_home, an_appliance
from tests.races.crowd import at_once, decided
from tests.races.hiring import hired
from tests.services.rows import load_of, revision_of

pytestmark = pytest.mark.django_db(transaction=True)

FIFTY = 50
PROCESSES = 4

House = tuple[Home, list[Circuit], int]


def one_supply() -> House:
    """Everything at the main: five fit."""
    home = a_home(limit_watts=5000)
    return home, [Circuit.objects.get(home=home)], 5


def two_branches() -> House:
    """Two breakers of 2000 W: two fit at each, and the main has room to spare."""
    home = a_home(limit_watts=5000)
    return home, [a_circuit(home, limit_watts=2000), a_circuit(home, limit_watts=2000)], 4


def rooms_below_floors() -> House:
    """Four rooms of 2000 W below two floors of 3000 W: every floor has room for three, the main for five."""
    home = a_home(limit_watts=5000)
    floors = [a_circuit(home, limit_watts=3000) for _ in range(2)]
    return home, [a_circuit(home, limit_watts=2000, fed_from=floor) for floor in floors for _ in range(2)], 5


HOUSES = [one_supply, two_branches, rooms_below_floors]


def plugged_in(home: Home, circuits: list[Circuit]) -> list[Appliance]:
    return [an_appliance(home, watts=1000, at=circuits[number % len(circuits)]) for number in range(FIFTY)]


def assert_exactly_those_that_fit_are_on(home: Home, fit: int) -> None:
    asked = Decision.objects.filter(home=home, action=Action.SWITCH_ON)
    assert asked.filter(outcome=Outcome.GRANTED).count() == fit
    assert asked.filter(outcome=Outcome.REFUSED).count() == FIFTY - fit
    assert Appliance.objects.filter(home=home).switched_on().count() == fit
    assert load_of(home) == 1000 * fit
    assert revision_of(home) == Decision.objects.filter(home=home).count()
    assert verifying.differences() == []


@pytest.mark.parametrize("house", HOUSES)
def test_of_fifty_threads_exactly_those_that_fit_succeed(house: Callable[[], House]) -> None:
    home, circuits, fit = house()
    appliances = plugged_in(home, circuits)
    switch_on = partial(switching.switch, on=True, by=actor.SYSTEM, now=NOW)

    answers = at_once([partial(decided, partial(switch_on, appliance_id=one.pk)) for one in appliances])

    assert [answer.subject_id for answer in answers if answer] == [one.pk for one in appliances]
    assert sum(answer.outcome == Outcome.GRANTED for answer in answers if answer) == fit
    assert_exactly_those_that_fit_are_on(home, fit)


@pytest.mark.processes
def test_of_fifty_requests_from_many_processes_exactly_those_that_fit_succeed() -> None:
    home, circuits, fit = rooms_below_floors()
    orders = [{"do": "switch", "appliance_id": one.pk, "on": True} for one in plugged_in(home, circuits)]

    with hired(PROCESSES) as workers:
        for number, worker in enumerate(workers):
            worker.tell(orders[number::PROCESSES])
        answers = [answer for worker in workers for answer in worker.hear()]

    assert [answer["outcome"] for answer in answers].count(Outcome.GRANTED) == fit
    assert_exactly_those_that_fit_are_on(home, fit)


def test_fifty_presses_of_one_switch_are_one_change() -> None:
    home = a_home(limit_watts=5000)
    kettle = an_appliance(home, watts=2000)
    switch_on = partial(switching.switch, appliance_id=kettle.pk, on=True, by=actor.SYSTEM, now=NOW)

    answers = at_once([partial(decided, switch_on)] * FIFTY)

    assert sum(answer is not None for answer in answers) == 1
    assert load_of(home) == 2000
    assert verifying.differences() == []
