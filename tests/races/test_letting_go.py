"""Old decisions go while new ones are taken, twice at once, and under a kill: what is left adds up at every moment."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random, random

import pytest

from appliances.models import Checkpoint, Decision, Home
from appliances.services import pruning, reading, verifying
from appliances.services.pruning import Contradiction
from tests.builders import NOW, a_home, an_appliance, turn_off, turn_on
from tests.races import history, worker
from tests.races.crowd import at_once
from tests.races.hiring import hired
from tests.services.rows import revision_of

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 3
EACH = max(int(20 * history.TORTURE), history.EXAMPLES)


def let_go(home: Home) -> int:
    return sum(pruning.remove(home.pk, datetime.now(UTC) + timedelta(days=1)))


def let_one_go(home: Home) -> int:
    return next(pruning.remove(home.pk, datetime.now(UTC) + timedelta(days=1)))


def test_while_they_go_whoever_looks_finds_that_everything_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 7)
    home = history.a_busy_home()
    at_work = list(range(WRITERS))
    seen: list[list[str]] = []
    went: list[int] = []

    def write() -> None:
        for order in history.random_orders(home, EACH, Random(random())):
            worker.carry_out(order)
        at_work.pop()

    def remove() -> None:
        while at_work:
            went.append(let_go(home))
            seen.append(verifying.differences())

    at_once([*[write] * WRITERS, remove, remove])

    assert seen
    assert all(differences == [] for differences in seen), seen
    kept = Decision.objects.filter(home=home).count()
    assert sum(went) == revision_of(home) - kept > kept
    assert verifying.differences() == []


def test_of_two_that_remove_the_same_one_does() -> None:
    home = a_home()
    lamp = an_appliance(home)
    for _ in range(5):
        turn_on(lamp)
        turn_off(lamp)
    many = revision_of(home)

    answers = at_once([partial(let_go, home) for _ in range(4)])

    assert sum(answers) == many - 1
    assert list(Decision.objects.filter(home=home).values_list("revision", flat=True)) == [many]
    assert verifying.differences() == []


def removed_while_another_looks(home: Home, monkeypatch: pytest.MonkeyPatch) -> int:
    """Between its look at the checkpoint and that at the decisions, somebody else lets one of them go."""
    look, meanwhile = pruning._checkpoint, [home]

    def and_meanwhile(home_id: int | None) -> Checkpoint | None:
        found = look(home_id)
        if meanwhile:
            at_once([partial(let_one_go, meanwhile.pop())])
        return found

    monkeypatch.setattr(pruning, "BATCH", 1)
    monkeypatch.setattr(pruning, "_checkpoint", and_meanwhile)
    return let_go(home)


def a_home_with_a_past() -> Home:
    home = a_home()
    lamp = an_appliance(home)
    turn_on(lamp)
    turn_off(lamp)
    next(pruning.remove(home.pk, NOW + timedelta(seconds=1)))
    turn_on(lamp)
    turn_off(lamp)
    return home


def test_what_another_removed_meanwhile_is_no_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    assert removed_while_another_looks(a_home_with_a_past(), monkeypatch) == 1

    assert verifying.differences() == []


def test_without_one_moment_for_both_looks_it_would_seem_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(reading, "one_moment", nullcontext)

    with pytest.raises(Contradiction):
        removed_while_another_looks(a_home_with_a_past(), monkeypatch)


@pytest.mark.processes
def test_killed_between_the_checkpoint_and_the_decisions_nothing_has_happened() -> None:
    home = a_home()
    lamp = an_appliance(home, on=True)
    many = revision_of(home)

    with hired(1) as [process]:
        process.tell([{"do": "let go halfway", "home_id": home.pk}])
        assert process.hear() == "halfway"
        process.kill()

    turn_off(lamp)
    assert Decision.objects.filter(home=home).count() == many + 1
    assert not Checkpoint.objects.exists()
    assert verifying.differences() == []
    assert let_go(home) == many
    assert verifying.differences() == []
