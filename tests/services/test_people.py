"""The people of a home: invited, joined, given another role, let go; each on record, and never without an owner."""

from datetime import timedelta
from typing import Any

import pytest

from appliances.models import Decision, Home, Invitation, Membership, User
from appliances.models.decision import Action
from appliances.models.membership import Role
from appliances.presentation import wording
from appliances.services import access, accounts, people, verifying
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.confirming import ConfirmFirst
from appliances.services.membership import LastOwner
from appliances.services.outcome import Missing
from appliances.services.people import Expired
from tests.builders import NOW, a_home, a_person

pytestmark = pytest.mark.django_db

PASSWORD = "a quiet kettle sings"
WEEK = timedelta(days=7)


@pytest.fixture
def ada() -> User:
    return a_person("ada")


@pytest.fixture
def home(ada: User) -> Home:
    return a_home("Flat", owner=ada)


def by(user: User) -> By:
    return access.person(user, confirmed=True).by


def invite(home: Home, ada: User, *, name: str = "Bob", role: str = Role.GUEST, lasts: timedelta = WEEK) -> str:
    return people.invite(home_id=home.pk, name=name, role=role, lasts=lasts, by=by(ada), now=NOW)[2]


def told() -> list[str]:
    """What the record tells of people, oldest first."""
    known = {Action.INVITE, Action.UNINVITE, Action.JOIN, Action.CHANGE_ROLE, Action.REMOVE_MEMBER, Action.ADD_ACCOUNT}
    return [wording.decision(row) for row in Decision.objects.filter(action__in=known).order_by("id")]


def test_who_was_invited_joins_with_the_role_of_the_invitation(home: Home, ada: User) -> None:
    bob = a_person("bob")

    people.accept(text=invite(home, ada, role=Role.MEMBER), user=bob, now=NOW)

    assert Membership.objects.get(user=bob).role == Role.MEMBER
    assert told() == ["Bob was invited as Member.", "bob joined the home as Member, with the invitation for Bob."]
    assert verifying.differences() == []


def test_the_text_of_a_link_is_not_kept(home: Home, ada: User) -> None:
    text = invite(home, ada, name="  Bob   B. ")

    row = Invitation.objects.get()
    assert (row.name, row.expires_at) == ("Bob B.", NOW + WEEK)
    assert text not in str(vars(row)) + str([vars(one) for one in Decision.objects.all()])


def test_it_is_used_once(home: Home, ada: User) -> None:
    text = invite(home, ada)
    people.accept(text=text, user=a_person("bob"), now=NOW)

    with pytest.raises(Missing):
        people.accept(text=text, user=a_person("carol"), now=NOW)

    assert home.memberships.count() == 2


def test_it_is_too_old_from_its_end_on(home: Home, ada: User) -> None:
    text = invite(home, ada)

    assert people.invitation(text=text, now=NOW + WEEK - timedelta(seconds=1)).name == "Bob"
    with pytest.raises(Expired):
        people.accept(text=text, user=a_person("bob"), now=NOW + WEEK)


def test_taken_back_it_opens_nothing(home: Home, ada: User) -> None:
    text = invite(home, ada)
    people.uninvite(home_id=home.pk, invitation_id=Invitation.objects.get().pk, by=by(ada), now=NOW)

    with pytest.raises(Missing):
        people.accept(text=text, user=a_person("bob"), now=NOW)

    assert told()[-1] == "The invitation for Bob was taken back."


def test_that_of_another_home_is_not_taken_back(home: Home, ada: User) -> None:
    invite(home, ada)

    with pytest.raises(Missing):
        people.uninvite(home_id=a_home("Barn").pk, invitation_id=Invitation.objects.get().pk, by=by(ada), now=NOW)


@pytest.mark.parametrize("wrong", ["", "vsi_", "vsi_nothing", "vs_nothing", "\0", "\ud800"])
def test_another_text_is_no_invitation(home: Home, ada: User, wrong: str) -> None:
    invite(home, ada)

    with pytest.raises(Missing):
        people.accept(text=wrong, user=a_person("bob"), now=NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"role": "king"}, "role"),
        ({"lasts": timedelta()}, "lasts"),
        ({"lasts": timedelta(days=31)}, "lasts"),
    ],
)
def test_a_wrong_invitation_is_told_by_its_field(home: Home, ada: User, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as why:
        invite(home, ada, **wrong)

    assert why.value.errors.keys() == {field}
    assert told() == []


def test_who_belongs_to_the_home_uses_nothing_up(home: Home, ada: User) -> None:
    text = invite(home, ada)

    with pytest.raises(Invalid, match="already belongs"):
        people.accept(text=text, user=ada, now=NOW)

    assert Invitation.objects.exists()


def test_an_account_and_a_member_are_made_together(home: Home, ada: User) -> None:
    bob, _changed = people.accept_as_new(text=invite(home, ada), username="bob", password=PASSWORD, now=NOW)

    assert User.objects.get(username="bob").check_password(PASSWORD)
    assert Membership.objects.get(user=bob).role == Role.GUEST
    assert told()[1:] == ["Account bob added.", "bob joined the home as Guest, with the invitation for Bob."]
    assert [row.actor_name for row in Decision.objects.filter(action=Action.JOIN)] == ["bob"]


@pytest.mark.parametrize(
    ("username", "password", "field"),
    [("ada", PASSWORD, "username"), ("", PASSWORD, "username"), ("bob", "short", "password")],
)
def test_without_an_account_nobody_joins(home: Home, ada: User, username: str, password: str, field: str) -> None:
    text = invite(home, ada)

    with pytest.raises(Invalid) as why:
        people.accept_as_new(text=text, username=username, password=password, now=NOW)

    assert why.value.errors.keys() == {field}
    assert (User.objects.count(), Invitation.objects.count()) == (1, 1)


def test_a_name_that_was_taken_meanwhile_is_told_by_its_field(
    home: Home, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = accounts.prepare

    def slowly(**given: Any) -> User:
        prepared = prepare(**given)
        a_person("bob")
        return prepared

    monkeypatch.setattr(accounts, "prepare", slowly)

    with pytest.raises(Invalid) as why:
        people.accept_as_new(text=invite(home, ada), username="bob", password=PASSWORD, now=NOW)

    assert why.value.errors.keys() == {"username"}


def test_a_role_is_changed_once(home: Home, ada: User) -> None:
    bob = a_person("bob", home=home, role=Role.GUEST)

    for _ in range(2):
        people.change_role(home_id=home.pk, user_id=bob.pk, role=Role.OWNER, by=by(ada), now=NOW)

    assert Membership.objects.get(user=bob).role == Role.OWNER
    assert told() == ["bob is Owner now, and was Guest."]


def test_somebody_with_an_account_is_added_without_an_invitation(home: Home, ada: User) -> None:
    people.add(home_id=home.pk, user_id=a_person("bob").pk, role=Role.VIEWER, by=by(ada), now=NOW)

    assert told() == ["bob belongs to the home now, as Viewer."]
    with pytest.raises(Missing):
        people.add(home_id=home.pk, user_id=0, role=Role.VIEWER, by=by(ada), now=NOW)


def test_who_is_removed_and_who_leaves_is_told_apart(home: Home, ada: User) -> None:
    bob, carol = a_person("bob", home=home, role=Role.GUEST), a_person("carol", home=home, role=Role.GUEST)

    people.remove(home_id=home.pk, user_id=bob.pk, by=by(ada), now=NOW)
    people.remove(home_id=home.pk, user_id=carol.pk, by=by(carol), now=NOW)

    assert told() == ["bob belongs to the home no longer.", "carol left the home."]
    assert User.objects.filter(username__in=["bob", "carol"]).count() == 2
    with pytest.raises(Missing):
        people.remove(home_id=home.pk, user_id=bob.pk, by=by(ada), now=NOW)


def test_the_last_owner_stays_and_is_told_what_to_do(home: Home, ada: User) -> None:
    a_person("bob", home=home, role=Role.MEMBER)
    a_person("gone", home=home, role=Role.OWNER, is_active=False)

    for go in (
        lambda: people.remove(home_id=home.pk, user_id=ada.pk, by=by(ada), now=NOW),
        lambda: people.change_role(home_id=home.pk, user_id=ada.pk, role=Role.MEMBER, by=by(ada), now=NOW),
    ):
        with pytest.raises(LastOwner, match="Make someone else its owner first"):
            go()

    assert Membership.objects.get(user=ada).role == Role.OWNER
    assert told() == []


def test_who_lets_people_in_shows_first_that_it_is_they(home: Home, ada: User) -> None:
    bob, unconfirmed = a_person("bob"), access.person(ada).by

    for ask in (
        lambda: people.invite(home_id=home.pk, name="Bob", role="guest", lasts=WEEK, by=unconfirmed, now=NOW),
        lambda: people.change_role(home_id=home.pk, user_id=ada.pk, role="guest", by=unconfirmed, now=NOW),
        lambda: people.add(home_id=home.pk, user_id=bob.pk, role="guest", by=unconfirmed, now=NOW),
    ):
        with pytest.raises(ConfirmFirst):
            ask()

    assert told() == []
