"""Many threads at work: whoever looks, whenever, sees no breaker exceeded and no half of a change."""

from functools import partial
from random import Random, random

import pytest

from appliances.models import Decision, Home
from appliances.models.decision import Action
from appliances.services import home as homes
from appliances.services import verifying
from appliances.services.outcome import Missing
from tests.races import history, worker
from tests.races.crowd import at_once
from tests.races.history import Order
from tests.services.asking import BY
from tests.services.rows import revision_of

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 6
EACH = max(20, history.EXAMPLES)


@pytest.mark.parametrize("many", [1, 2])
def test_at_no_moment_is_anything_wrong_in_any_home(many: int) -> None:
    busy: list[Home] = [history.a_busy_home() for _ in range(many)]
    revisions = [revision_of(home) for home in busy]
    at_work = [busy[number % many] for number in range(WRITERS)]
    seen: list[list[str]] = []

    def write(home: Home) -> None:
        for order in history.random_orders(home, EACH, Random(random())):
            worker.carry_out(order)
        at_work.remove(home)

    def look() -> None:
        while at_work:
            seen.append(verifying.differences())

    at_once([*(partial(write, home) for home in tuple(at_work)), look])

    assert seen
    assert all(differences == [] for differences in seen), seen
    assert all(revision_of(home) > before for home, before in zip(busy, revisions, strict=True))


def test_a_look_between_two_writes_sees_what_is_wrong() -> None:
    """The control: the look above would have told."""
    home = history.a_busy_home()

    home.circuits.filter(parent=None).update(name="X")

    assert verifying.differences()


def test_whoever_comes_after_a_home_has_gone_finds_it_missing() -> None:
    home = history.a_busy_home()
    orders = history.random_orders(home, WRITERS, Random(random()))
    revision = revision_of(home)

    def ask(order: Order) -> str:
        try:
            return str(worker.carry_out(order)["outcome"])
        except Missing:
            return "missing"

    def remove() -> str:
        homes.remove(home_id=home.pk, **BY)
        return "removed"

    answers = at_once([*(partial(ask, order) for order in orders), remove])

    decided = sum(answer in {"granted", "refused"} for answer in answers)
    assert Decision.objects.filter(home_id=home.pk).count() == revision + decided + 1
    assert Decision.objects.filter(home_id=home.pk).latest("revision").action == Action.REMOVE_HOME
    assert verifying.differences() == []
