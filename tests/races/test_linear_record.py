"""The record is one true order of what many did at once: played again, it gives every answer that was given."""

from functools import partial
from random import Random, random

import pytest

from appliances.models import Decision, Home
from appliances.models.decision import Outcome
from appliances.services import verifying
from tests.linear.operations import Operation
from tests.races import history, worker
from tests.races.crowd import at_once
from tests.races.hiring import hired
from tests.races.history import Order, Said

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 4
EACH = max(int(25 * history.TORTURE), history.EXAMPLES)


def all_of(orders: list[Order]) -> list[Said]:
    return [worker.carry_out(order) for order in orders]


def operations(orders: list[list[Order]], answers: list[list[Said]]) -> list[Operation]:
    return [
        history.operation(order, said)
        for own, told in zip(orders, answers, strict=True)
        for order, said in zip(own, told, strict=True)
        if order["do"] != "tend"
    ]


def all_orders(home: Home) -> list[list[Order]]:
    """Of each of a crowd, and of a controller beside them."""
    crowd = [history.random_orders(home, EACH, Random(random())) for _ in range(CROWD)]
    return [*crowd, history.tending(home, EACH)]


def test_what_threads_were_answered_could_have_been_answered_one_after_the_other() -> None:
    home = history.a_busy_home()
    start = history.start_of(home)
    orders = all_orders(home)

    answers = at_once([partial(all_of, own) for own in orders])

    history.assert_one_after_the_other(home, start, operations(orders, answers))
    assert set(Decision.objects.filter(home=home).values_list("outcome", flat=True)) == {
        Outcome.GRANTED,
        Outcome.REFUSED,
    }
    assert verifying.differences() == []


@pytest.mark.processes
def test_what_processes_were_answered_could_have_been_answered_one_after_the_other() -> None:
    with hired(CROWD + 1) as workers:
        home = history.a_busy_home()
        start = history.start_of(home)
        orders = all_orders(home)
        for own, process in zip(orders, workers, strict=True):
            process.tell(own)
        answers = [process.hear() for process in workers]

    history.assert_one_after_the_other(home, start, operations(orders, answers))
    assert verifying.differences() == []


@pytest.mark.parametrize(
    "lie",
    [
        {"outcome": "refused", "revision": 99},
        {"outcome": "as it was"},
        {"numbers": [1, 2, 3, 4, None]},
        {"ended": 0.0},
    ],
)
def test_a_history_that_could_not_have_been_is_seen(lie: Said) -> None:
    """The control: the check above can fail."""
    home = history.a_busy_home()
    start = history.start_of(home)
    pk = next(iter(start.tree.loads)).id
    orders: list[Order] = [{"do": "switch", "appliance_id": pk, "on": on} for on in (True, False, True)]
    answers = all_of(orders)
    history.assert_one_after_the_other(home, start, operations([orders], [answers]))

    answers[1] |= lie

    with pytest.raises(AssertionError):
        history.assert_one_after_the_other(home, start, operations([orders], [answers]))
