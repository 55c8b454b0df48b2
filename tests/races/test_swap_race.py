"""Two swaps that exclude each other: one happens, the other finds the room taken."""

from functools import partial

import pytest

from appliances.models import Appliance, Home
from appliances.models.decision import Outcome
from appliances.services import switching, verifying
from tests.builders import a_home, an_appliance, turn_off, turn_on
from tests.races.crowd import at_once, decided
from tests.services.asking import BY
from tests.services.rows import load_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


def running(home: Home) -> set[str]:
    return set(Appliance.objects.filter(home=home).switched_on().values_list("name", flat=True))


def test_of_two_that_want_the_same_room_one_gets_it(home: Home) -> None:
    heater = an_appliance(home, "Heater", watts=4000)
    oven, kettle = an_appliance(home, "Oven", watts=3000), an_appliance(home, "Kettle", watts=3000)
    swaps = [partial(switching.swap, on_id=one.pk, off_ids=[heater.pk], **BY) for one in (oven, kettle)]

    for _ in range(ROUNDS):
        for row in (oven, kettle):
            turn_off(row)
        turn_on(heater)

        answers = at_once([partial(decided, swap) for swap in swaps])

        assert sorted(answer.outcome for answer in answers if answer) == [Outcome.GRANTED, Outcome.REFUSED]
        assert running(home) == {answer.subject_name for answer in answers if answer and answer.outcome == "granted"}
        assert load_of(home) == 3000
    assert verifying.differences() == []


def test_of_two_that_undo_each_other_one_comes_last(home: Home) -> None:
    oven, kettle = an_appliance(home, "Oven", watts=3000, on=True), an_appliance(home, "Kettle", watts=3000)
    swaps = [
        partial(switching.swap, on_id=oven.pk, off_ids=[kettle.pk], **BY),
        partial(switching.swap, on_id=kettle.pk, off_ids=[oven.pk], **BY),
    ]

    for _ in range(ROUNDS):
        before = running(home)

        answers = [answer for answer in at_once([partial(decided, swap) for swap in swaps]) if answer]

        assert all(answer.outcome == Outcome.GRANTED for answer in answers)
        last = max(answers, key=lambda answer: answer.revision)
        assert running(home) == {last.subject_name}
        assert (running(home) == before) == (len(answers) == 2)
    assert verifying.differences() == []


def test_a_ring_of_swaps_leaves_as_many_on_as_there_were(home: Home) -> None:
    ring = [an_appliance(home, watts=1000, on=number < 3) for number in range(6)]
    neighbours = zip(ring, [*ring[1:], ring[0]], strict=True)
    swaps = [partial(switching.swap, on_id=one.pk, off_ids=[other.pk], **BY) for one, other in neighbours]

    at_once([partial(decided, swap) for swap in swaps])

    assert load_of(home) == 1000 * len(running(home)) <= 5000
    assert verifying.differences() == []
