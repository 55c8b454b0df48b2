"""Names that are taken, and people who go, at the same moment: whoever comes second is told what there is by then."""

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from appliances.models import Membership, User
from appliances.services import accounts, actor, people
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing
from tests.builders import NOW, a_home, a_person
from tests.races.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)

BY: dict[str, Any] = {"by": actor.SYSTEM, "now": NOW}


def told(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (Invalid, Missing) as why:
        return str(why)
    return ""


@pytest.fixture
def all_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writes once the other has looked too, where the database lets them both."""
    look, meeting = accounts.check_name, threading.Barrier(2)

    def look_and_meet(user: User) -> None:
        look(user)
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(1)

    monkeypatch.setattr(accounts, "check_name", look_and_meet)


TAKEN = "username: A user with that username already exists."


@pytest.mark.usefixtures("all_look_first")
def test_of_two_who_are_renamed_alike_at_once_one_is_told_so() -> None:
    both = [a_person("ada"), a_person("bob")]
    asks = [partial(accounts.change, user_id=one.pk, wanted={"username": "carol"}, **BY) for one in both]

    assert sorted(at_once([partial(told, ask) for ask in asks])) == ["", TAKEN]
    assert User.objects.filter(username="carol").count() == 1


@pytest.mark.usefixtures("all_look_first")
def test_of_two_accounts_of_one_name_added_at_once_one_is_told_so() -> None:
    ask = partial(accounts.add, username="carol", password="a quiet kettle sings", **BY)

    assert sorted(at_once([partial(told, ask)] * 2)) == ["", TAKEN]
    assert User.objects.count() == 1


@pytest.mark.postgres
def test_who_is_removed_while_they_are_let_in_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their row is gone when the membership that was written for it is committed."""
    home, ada = a_home("Flat", owner=a_person("bob")), a_person("ada")
    put, is_written, is_removed = people.membership.put, threading.Event(), threading.Event()

    def put_late(*given: Any) -> int:
        user_id = put(*given)
        is_written.set()
        assert is_removed.wait(30)
        return user_id

    def removes() -> None:
        assert is_written.wait(30)
        accounts.remove(user_id=ada.pk, **BY)
        is_removed.set()

    monkeypatch.setattr(people.membership, "put", put_late)
    lets_in = partial(people.add, home_id=home.pk, user_id=ada.pk, role="guest", **BY)

    assert at_once([partial(told, lets_in), partial(told, removes)]) == ["There is no such person.", ""]
    assert Membership.objects.count() == 1
