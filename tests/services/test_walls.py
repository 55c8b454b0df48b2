"""Screens on a wall: linked once, changed and taken away by who has confirmed, and all of it on record."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from appliances.models import Decision, Home, Wall
from appliances.services import actor, walls
from appliances.services.cleaning import Invalid
from appliances.services.confirming import ConfirmFirst
from appliances.services.outcome import Missing
from tests.builders import a_home, a_person, a_wall, a_wall_to_be

pytestmark = pytest.mark.django_db

NIGHT = {"night_from": time(21, 30), "night_until": time(5)}


@pytest.fixture
def flat() -> Home:
    return a_home("Flat")


def done(home: Home) -> list[str]:
    found = Decision.objects.filter(home=home, subject="wall").order_by("revision")
    return list(found.values_list("action", flat=True))


def test_its_link_makes_a_screen_of_whoever_uses_it(flat: Home) -> None:
    row, text = a_wall_to_be(flat)

    linked, secret = walls.link(text=text, now=timezone.now())

    assert linked == row
    assert walls.holding(secret=secret, now=timezone.now()) == row
    assert done(flat) == ["add_wall", "link_wall"]


def test_neither_link_nor_secret_is_in_the_database(flat: Home) -> None:
    _row, text = a_wall_to_be(flat)
    before = str(Wall.objects.values().get())
    _row, secret = walls.link(text=text, now=timezone.now())
    after = str(Wall.objects.values().get())

    assert text.removeprefix(walls.LINK_PREFIX) not in before
    assert secret.removeprefix(walls.PREFIX) not in after


def test_a_link_works_once(flat: Home) -> None:
    _row, text = a_wall_to_be(flat)
    walls.link(text=text, now=timezone.now())

    with pytest.raises(Missing, match="used or is too old"):
        walls.link(text=text, now=timezone.now())


def test_a_link_works_for_an_hour(flat: Home) -> None:
    _row, text = a_wall_to_be(flat)

    assert walls.at_link(text=text, now=timezone.now() + timedelta(minutes=59))
    with pytest.raises(Missing):
        walls.at_link(text=text, now=timezone.now() + timedelta(minutes=61))


def test_of_two_screens_with_one_link_the_second_gets_nothing(flat: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either uses it: what counts is looked at again under the lock."""
    row, text = a_wall_to_be(flat)
    monkeypatch.setattr(walls, "at_link", lambda **_: row)
    _row, secret = walls.link(text=text, now=timezone.now())

    with pytest.raises(Missing):
        walls.link(text=text, now=timezone.now())

    assert walls.holding(secret=secret, now=timezone.now()) == row
    assert done(flat) == ["add_wall", "link_wall"]


def test_linked_again_the_old_screen_stays_until_the_link_is_used(flat: Home) -> None:
    row, old = a_wall(flat)
    _row, text = walls.link_again(home_id=flat.pk, wall_id=row.pk, by=actor.SYSTEM, now=timezone.now())
    assert walls.holding(secret=old, now=timezone.now()) == row

    _row, new = walls.link(text=text, now=timezone.now())

    assert walls.holding(secret=old, now=timezone.now()) is None
    assert walls.holding(secret=new, now=timezone.now()) == row


def test_a_removed_one_holds_nothing(flat: Home) -> None:
    row, secret = a_wall(flat)

    walls.remove(home_id=flat.pk, wall_id=row.pk, by=actor.SYSTEM, now=timezone.now())

    assert walls.holding(secret=secret, now=timezone.now()) is None
    assert done(flat)[-1] == "remove_wall"


def test_a_change_is_recorded_and_one_that_changes_nothing_is_not(flat: Home) -> None:
    row, _secret = a_wall(flat)
    wanted = {"name": "Attic", "is_read_only": True, **NIGHT}

    for _time in range(2):
        walls.change(home_id=flat.pk, wall_id=row.pk, wanted=wanted, by=actor.SYSTEM, now=timezone.now())

    row.refresh_from_db()
    assert (row.name, row.is_read_only, row.night_from) == ("Attic", True, time(21, 30))
    assert done(flat) == ["add_wall", "link_wall", "change_wall"]


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_its_name_is_one_that_can_be_kept(flat: Home, name: str) -> None:
    with pytest.raises(Invalid) as wrong:
        a_wall_to_be(flat, name)

    assert list(wrong.value.errors) == ["name"]
    assert not Wall.objects.exists()


def test_adding_changing_and_linking_again_need_a_person_who_confirmed(flat: Home) -> None:
    row, _secret = a_wall(flat)
    given = {"home_id": flat.pk, "by": actor.person(a_person()), "now": timezone.now()}
    wanted = {"name": "Attic", "is_read_only": False, **NIGHT}

    for step in (
        lambda: walls.add(name="Attic", is_read_only=False, **given),
        lambda: walls.change(wall_id=row.pk, wanted=wanted, **given),
        lambda: walls.link_again(wall_id=row.pk, **given),
    ):
        with pytest.raises(ConfirmFirst):
            step()


def test_one_of_another_home_is_not_there(flat: Home) -> None:
    row, _secret = a_wall(a_home("Elsewhere"))

    with pytest.raises(Missing):
        walls.remove(home_id=flat.pk, wall_id=row.pk, by=actor.SYSTEM, now=timezone.now())


def test_it_is_noted_when_it_was_seen(flat: Home) -> None:
    row, secret = a_wall(flat)
    now, noted = timezone.now(), []

    for later in (timedelta(0), timedelta(minutes=4), timedelta(minutes=6)):
        walls.holding(secret=secret, now=now + later)
        row.refresh_from_db()
        noted.append(row.last_seen_at)

    assert noted == [now, now, now + timedelta(minutes=6)]
