"""kill -9 in a loop of switches: nothing that was answered is lost, nothing is there by half, and it goes on.

VOLTSAFE_EXAMPLES=500 kills more of them, VOLTSAFE_TORTURE=10 ten times as many.
"""

from itertools import cycle, product
from random import Random, random
from typing import Any

import pytest
from django.db import connection

from appliances.models import Appliance, Decision, Home
from appliances.models.decision import Action
from appliances.services import turn, verifying
from tests.builders import a_circuit, a_home, an_appliance
from tests.linear.operations import Operation
from tests.races import history
from tests.races.hiring import hired
from tests.services.asking import BY
from tests.services.rows import revision_of

KILLS = max(int(10 * history.TORTURE), history.EXAMPLES)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.timeout(300 + 10 * KILLS)]


def killed_after(answers: int, and_a_moment: int, appliance_ids: list[int]) -> list[dict[str, Any]]:
    """What a process had answered when it was killed, at some moment of what it did next."""
    with hired(1) as [worker]:
        worker.tell([{"do": "switch forever", "appliance_ids": appliance_ids}])
        said = [worker.hear() for _ in range(answers)]
        for _ in range(and_a_moment):
            pass
        return said + worker.kill()


def test_whenever_it_is_killed_everything_answered_is_kept_and_the_next_one_goes_on() -> None:
    home = a_home(limit_watts=5000)
    kitchen = a_circuit(home, limit_watts=2500)
    appliances = [an_appliance(home, watts=1000, at=kitchen).pk for _ in range(3)]
    history.must_rest(appliances[0])
    for number in range(KILLS):
        history.limit_for_a_while(home, kitchen, watts=1500, after=1 + 2 * number, seconds=1)
    dice, last = Random(random()), revision_of(home)
    start, told = history.start_of(home), list[Operation]()

    for _ in range(KILLS):
        said = killed_after(dice.randrange(1, 12), dice.randrange(100_000), appliances)

        told += operations(appliances, said)
        assert_everything_answered_is_kept(home, said, since=last)
        assert verifying.differences() == []
        assert_the_file_is_whole()
        last = revision_of(home)
    history.assert_one_after_the_other(home, start, told)


def operations(appliance_ids: list[int], said: list[history.Said]) -> list[Operation]:
    """What one of them did until it was killed, and what it may have been doing then."""
    orders = [{"do": "switch", "appliance_id": pk, "on": on} for on, pk in product([True, False], appliance_ids)]
    done = [history.operation(order, one) for order, one in zip(cycle(orders), said, strict=False)]
    return [*done, history.never_answered(orders[len(said) % len(orders)], asked_after=done[-1].answered_at)]


def assert_everything_answered_is_kept(home: Home, said: list[dict[str, Any]], since: int) -> None:
    # PostgreSQL may still be carrying out the last thing it was told: this turn comes after that.
    turn.take(home_id=home.pk, body=lambda _here: None, **BY)
    kept = {row.revision: row for row in Decision.objects.filter(home=home, revision__gt=since)}
    for answer in said:
        if answer["outcome"] == "as it was":
            continue
        row = kept.pop(answer["revision"])
        asked = Action.SWITCH_ON if answer["on"] else Action.SWITCH_OFF
        assert (row.outcome, row.action, row.subject_id) == (answer["outcome"], asked, answer["id"])
    assert len(kept) <= 1, "the one it was killed in the middle of, if it was committed, and no other"
    if not kept:
        states = dict(Appliance.objects.filter(home=home).values_list("pk", "is_on"))
        assert {one["id"]: one["on"] for one in said if one["outcome"] != "refused"}.items() <= states.items()


def assert_the_file_is_whole() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
