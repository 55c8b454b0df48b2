"""Many with one link at the same moment: one of them joins."""

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from appliances.models import Decision, Home, Invitation, Membership, User
from appliances.services import people, verifying
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing
from appliances.services.turn import Turn
from tests.builders import NOW, a_home, a_person, an_invitation
from tests.races.crowd import at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 8
PASSWORD = "a quiet kettle sings"


@pytest.fixture
def home() -> Home:
    return a_home("Flat", owner=a_person("ada"))


def joined(ask: Callable[[], Any]) -> bool:
    try:
        ask()
    except (Missing, Invalid):
        return False
    return True


def test_of_many_people_one_joins(home: Home) -> None:
    text = an_invitation(home)
    asks = [partial(people.accept, text=text, user=a_person(), now=NOW) for _ in range(CROWD)]

    assert sum(at_once([partial(joined, ask) for ask in asks])) == 1

    assert (home.memberships.count(), Invitation.objects.count()) == (2, 0)
    assert verifying.differences() == []


def test_of_many_new_accounts_one_is_made(home: Home) -> None:
    new = partial(people.accept_as_new, text=an_invitation(home), password=PASSWORD, now=NOW)
    asks = [partial(new, username=f"new{number}") for number in range(CROWD)]

    assert sum(at_once([partial(joined, ask) for ask in asks])) == 1

    assert (home.memberships.count(), User.objects.count()) == (2, 2)


def test_one_name_by_two_invitations_is_one_account(home: Home) -> None:
    texts = [an_invitation(home), an_invitation(a_home("Barn"))]
    asks = [partial(people.accept_as_new, text=text, username="bob", password=PASSWORD, now=NOW) for text in texts]

    assert sum(at_once([partial(joined, ask) for ask in asks])) == 1

    assert (User.objects.filter(username="bob").count(), Invitation.objects.count()) == (1, 1)


@pytest.mark.postgres  # SQLite's transaction is its lock: there is no race to show.
def test_without_the_lock_two_are_found_worthy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both get as far as joining; only the record, one decision a revision, still stops one, and lets it look again."""
    text, record, meeting, found = an_invitation(home), Turn.record, threading.Barrier(2), []

    def meet_and_record(*args: Any, **facts: Any) -> Decision:
        found.append(1)
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(5)
        return record(*args, **facts)

    monkeypatch.setattr(Turn, "record", meet_and_record)
    without_locks(monkeypatch)
    asks = [partial(people.accept, text=text, user=a_person(), now=NOW) for _ in range(2)]

    with pytest.raises(Missing):
        at_once(asks)

    assert len(found) == 2
    assert Membership.objects.filter(home=home).count() == 2
