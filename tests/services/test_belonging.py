"""Who belongs to a home and which screens hang there is replayed from its record, and every difference named."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from appliances.interlock import guard
from appliances.models import Decision, Home, Membership, User, Wall
from appliances.models.membership import Role
from appliances.services import membership, people, verifying, walls
from appliances.services.membership import LastOwner
from tests.builders import NOW, a_home, a_person
from tests.services.asking import BY

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return a_person("ada")


@pytest.fixture
def flat(ada: User) -> Home:
    return a_home("Flat", owner=ada)


@pytest.fixture
def gran(flat: Home) -> User:
    user = a_person("gran")
    people.add(home_id=flat.pk, user_id=user.pk, role=Role.GUEST, **BY)
    return user


def found() -> list[str]:
    return [line for line in verifying.differences() if not line.startswith("interlock: ")]


def member(of: Home, user: User) -> Any:
    return Membership.objects.filter(home=of, user=user)


def without_owner_on_record(of: Home) -> None:
    """As it was written before the record told of people."""
    connection.check_constraints()
    guard.remove(connection)
    first = Decision.objects.get(home=of, revision=1)
    told = {name: value for name, value in first.facts.items() if name != "owner"}
    Decision.objects.filter(pk=first.pk).update(facts=told)
    guard.install(connection)


def test_whatever_was_done_with_people_and_screens_adds_up(flat: Home, ada: User, gran: User) -> None:
    people.change_role(home_id=flat.pk, user_id=gran.pk, role=Role.OWNER, **BY)
    people.remove(home_id=flat.pk, user_id=ada.pk, **BY)
    asked = {"home_id": flat.pk, "name": "Eve", "role": Role.VIEWER, "lasts": timedelta(days=1)}
    _done, _row, text = people.invite(**asked, **BY)
    people.accept(text=text, user=a_person("eve"), now=NOW)
    assert membership.let_in(user=ada, slug="flat", role=Role.MEMBER, **BY)
    _done, hall, link = walls.add(home_id=flat.pk, name="Hall", is_read_only=True, **BY)
    walls.link(text=link, now=NOW)
    walls.link_again(home_id=flat.pk, wall_id=hall.pk, **BY)
    _done, kitchen, _link = walls.add(home_id=flat.pk, name="Kitchen", is_read_only=False, **BY)
    walls.remove(home_id=flat.pk, wall_id=kitchen.pk, **BY)

    assert found() == []


def test_a_role_given_behind_its_back_is_named(flat: Home, gran: User) -> None:
    member(flat, gran).update(role=Role.OWNER)

    assert found() == ["flat: member gran: role is 'owner'; the record says 'guest'"]


def test_who_was_let_in_behind_its_back_is_named(flat: Home) -> None:
    Membership.objects.create(home=flat, user=a_person("eve"), role=Role.OWNER)

    assert found() == ["flat: member eve is not in the record"]


def test_who_was_put_out_behind_its_back_is_named(flat: Home, ada: User, gran: User) -> None:
    member(flat, gran).delete()
    member(flat, ada).delete()

    assert found() == [
        "flat: the record has member ada, which is not there",
        "flat: the record has member gran, which is not there",
    ]


def test_screens_behind_its_back_are_named(flat: Home) -> None:
    _done, hall, _link = walls.add(home_id=flat.pk, name="Hall", is_read_only=True, **BY)
    Wall.objects.filter(pk=hall.pk).update(is_read_only=False, digest="f" * 64)
    Wall.objects.create(home=flat, name="Ghost")

    assert found() == [
        "flat: wall screen Ghost is not in the record",
        "flat: wall screen Hall: is_read_only is 'False'; the record says 'True'",
        "flat: wall screen Hall: is_linked is True; the record says False",
    ]


def test_a_screen_that_was_taken_away_behind_its_back_is_named(flat: Home) -> None:
    walls.add(home_id=flat.pk, name="Hall", is_read_only=True, **BY)
    Wall.objects.all().delete()

    assert found() == ["flat: the record has wall screen Hall, which is not there"]


def test_an_older_record_knows_whom_it_has_named_since(flat: Home, ada: User, gran: User) -> None:
    without_owner_on_record(flat)
    bob = a_person("bob", home=flat)
    assert found() == []

    people.change_role(home_id=flat.pk, user_id=bob.pk, role=Role.VIEWER, **BY)
    assert found() == []
    member(flat, bob).update(role=Role.OWNER)
    member(flat, gran).delete()

    assert found() == [
        "flat: the record has member gran, which is not there",
        "flat: member bob: role is 'owner'; the record says 'viewer'",
    ]


def test_an_older_record_knows_who_left(flat: Home, ada: User) -> None:
    without_owner_on_record(flat)
    bob = a_person("bob", home=flat)
    people.remove(home_id=flat.pk, user_id=bob.pk, **BY)
    assert found() == []

    Membership.objects.create(home=flat, user=bob, role=Role.OWNER)

    assert found() == ["flat: member bob is not in the record"]


def test_whose_account_goes_leaves_every_home_on_record(flat: Home, gran: User) -> None:
    cabin = a_home("Cabin", owner=a_person("bob"))
    people.add(home_id=cabin.pk, user_id=gran.pk, role=Role.MEMBER, **BY)

    membership.leave_every_home(gran, **BY)
    gran.delete()

    assert [row.home_id for row in Decision.objects.filter(action="remove_member").order_by("id")] == [
        flat.pk,
        cabin.pk,
    ]
    assert found() == []


def test_a_home_keeps_its_last_owner(flat: Home, ada: User) -> None:
    with pytest.raises(LastOwner):
        membership.leave_every_home(ada, **BY)

    assert member(flat, ada).exists()
    assert found() == []
