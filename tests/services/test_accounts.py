"""Accounts: what may be changed by whom, and that it is on record."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db.models import QuerySet

from appliances.models import Circuit, Decision, Home, Membership, User
from appliances.models.decision import Action
from appliances.presentation import wording
from appliances.services import accounts, actor
from appliances.services.cleaning import Invalid
from appliances.services.confirming import ConfirmFirst
from appliances.services.membership import LastOwner
from appliances.services.outcome import Missing
from tests.builders import NOW, a_home, a_person

pytestmark = pytest.mark.django_db

PASSWORD = "a quiet kettle sings"


@pytest.fixture
def ada(db: None) -> User:
    return a_person("ada")


def change(user: User, **wanted: Any) -> User:
    return accounts.change(user_id=user.pk, wanted=wanted, by=actor.SYSTEM, now=NOW)


def last_said() -> str:
    return wording.decision(Decision.objects.latest("id"))


def test_an_account_is_added_and_on_record() -> None:
    accounts.add(username="bob", password=PASSWORD, by=actor.SYSTEM, now=NOW)

    assert User.objects.get().check_password(PASSWORD)
    assert last_said() == "Account bob added."


@pytest.mark.parametrize("name", ["ada", "ADA", "Ada", " ada "])
def test_no_name_stands_for_somebody_else(ada: User, name: str) -> None:
    with pytest.raises(Invalid):
        accounts.add(username=name, password=PASSWORD, by=actor.SYSTEM, now=NOW)
    with pytest.raises(Invalid):
        change(a_person("bob"), username=name.strip())


def test_what_gives_power_asks_who_it_is(ada: User) -> None:
    by = actor.person(a_person("boss"))

    for wanted in ({"is_staff": True}, {"is_superuser": True}, {"groups": []}, {"user_permissions": []}):
        with pytest.raises(ConfirmFirst):
            accounts.change(user_id=ada.pk, wanted=wanted, by=by, now=NOW)
    with pytest.raises(ConfirmFirst):
        accounts.remove(user_id=ada.pk, by=by, now=NOW)
    with pytest.raises(ConfirmFirst):
        accounts.set_password(user_id=ada.pk, password=PASSWORD, by=by, now=NOW)
    accounts.change(user_id=ada.pk, wanted={"last_name": "L"}, by=by, now=NOW)


def test_a_change_tells_what_was_and_what_is(ada: User) -> None:
    change(ada, is_staff=True, groups=[Group.objects.create(name="Installers")], last_name="")

    changes = Decision.objects.get(action=Action.CHANGE_ACCOUNT).facts["changes"]
    assert changes == {"is_staff": [False, True], "groups": [[], ["Installers"]]}


def test_what_changes_nothing_is_not_on_record(ada: User) -> None:
    change(ada, last_name="", is_active=True)

    assert not Decision.objects.exists()


def test_switching_off_and_on_is_said_plainly(ada: User) -> None:
    change(ada, is_active=False)
    assert last_said() == "ada may not sign in any more."

    change(ada, is_active=True)
    assert last_said() == "ada may sign in again."


def test_the_last_owner_stays(ada: User) -> None:
    a_home("Flat", owner=ada)

    with pytest.raises(LastOwner):
        change(ada, is_active=False)
    with pytest.raises(LastOwner):
        accounts.remove(user_id=ada.pk, by=actor.SYSTEM, now=NOW)

    assert User.objects.get().is_active


@pytest.mark.parametrize("may_stay", [True, False], ids=["change", "remove"])
def test_of_a_home_that_is_removed_meanwhile_nobody_has_to_stay_the_owner(
    ada: User, monkeypatch: pytest.MonkeyPatch, may_stay: bool
) -> None:
    """Which homes they belong to was read before these are locked."""
    homes = [a_home("Flat", owner=ada), a_home("Cabin", owner=ada)]
    order_by = QuerySet.order_by

    def ordered(rows: Any, *names: str) -> Any:
        if rows.model is not Membership:
            return order_by(rows, *names)
        read = list(order_by(rows, *names))
        Circuit.objects.filter(home__in=homes).delete()
        Home.objects.filter(pk__in=[home.pk for home in homes]).delete()
        return read

    monkeypatch.setattr(QuerySet, "order_by", ordered)

    if may_stay:
        assert not change(ada, is_active=False).is_active
    else:
        accounts.remove(user_id=ada.pk, by=actor.SYSTEM, now=NOW)

    assert User.objects.exists() == may_stay
    assert not Home.objects.exists()


def test_who_is_gone_is_missing() -> None:
    given: dict[str, Any] = {"user_id": 9, "by": actor.SYSTEM, "now": NOW}

    with pytest.raises(Missing):
        accounts.remove(**given)
    with pytest.raises(Missing):
        accounts.set_password(password=PASSWORD, **given)
    with pytest.raises(Missing):
        accounts.change(wanted={}, **given)


def test_a_removed_account_is_on_record(ada: User) -> None:
    accounts.remove(user_id=ada.pk, by=actor.SYSTEM, now=NOW)

    assert last_said() == "Account ada removed."
    assert not User.objects.exists()
