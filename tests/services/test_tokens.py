"""Bearer tokens: made once, shown once, kept as a digest."""

from datetime import timedelta

import pytest

from appliances.models import Token, User
from appliances.services import tokens
from appliances.services.cleaning import Invalid
from tests.builders import NOW, a_person, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return a_person("Ada")


def test_its_text_opens_the_door(ada: User) -> None:
    row, text = a_token(ada, "Wall tablet")

    found = tokens.bearer(text=text, now=NOW)

    assert found == row
    assert found is not None
    assert (found.user, found.name) == (ada, "Wall tablet")


def test_its_text_is_nowhere_in_the_database(ada: User) -> None:
    _row, text = a_token(ada, "Wall tablet")

    kept = " ".join(str(value) for value in Token.objects.values_list().get())

    assert text not in kept
    assert text.removeprefix(tokens.PREFIX)[5:] not in kept


def test_it_can_be_recognised_wherever_it_turns_up(ada: User) -> None:
    row, text = a_token(ada, "Wall tablet")

    assert text.startswith("vs_")
    assert len(text) > 40
    assert text.startswith(row.prefix)


def test_no_two_are_alike(ada: User) -> None:
    assert len({a_token(ada, "same")[1] for _ in range(20)}) == 20


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_its_name_is_one_that_can_be_kept(ada: User, name: str) -> None:
    with pytest.raises(Invalid) as wrong:
        a_token(ada, name)

    assert list(wrong.value.errors) == ["name"]
    assert not Token.objects.exists()


def test_nothing_else_opens_the_door(ada: User) -> None:
    row, text = a_token(ada, "Wall tablet")

    for wrong in ("", "vs_", text[:-1], text + "x", text.upper(), text.removeprefix("vs_"), row.digest, row.prefix):
        assert tokens.bearer(text=wrong, now=NOW) is None


def test_it_stops_working_with_its_person(ada: User) -> None:
    _row, text = a_token(ada, "Wall tablet")

    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert tokens.bearer(text=text, now=NOW) is None


def test_it_stops_working_when_it_is_deleted(ada: User) -> None:
    row, text = a_token(ada, "Wall tablet")

    row.delete()

    assert tokens.bearer(text=text, now=NOW) is None


def test_its_last_use_is_noted_to_the_minute(ada: User) -> None:
    row, text = a_token(ada, "Wall tablet")
    noted = []

    for later in (timedelta(0), timedelta(seconds=59), timedelta(minutes=1), timedelta(minutes=1, seconds=1)):
        tokens.bearer(text=text, now=NOW + later)
        row.refresh_from_db()
        noted.append(row.last_used_at)

    assert noted == [NOW, NOW, NOW, NOW + timedelta(minutes=1, seconds=1)]


def test_a_wrong_one_notes_nothing(ada: User) -> None:
    row, text = a_token(ada, "Wall tablet")

    tokens.bearer(text=text + "x", now=NOW)

    row.refresh_from_db()
    assert row.last_used_at is None
