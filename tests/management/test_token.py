"""`manage.py token`: a bearer token, printed once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.test import Client

from appliances.models import Decision, Token
from appliances.services import tokens
from tests.builders import NOW, a_home, a_person
from tests.management.commands import said

pytestmark = pytest.mark.django_db


def test_it_prints_a_token_and_nothing_else() -> None:
    ada = a_person("ada")

    lines = said("token", "ada", "--name", "Wall tablet").splitlines()

    [text] = lines
    found = tokens.bearer(text=text, now=NOW)
    assert found is not None
    assert (found.user, found.name) == (ada, "Wall tablet")


def test_the_token_opens_the_api(client: Client) -> None:
    a_home("Flat", owner=a_person("ada"))

    text = said("token", "ada").strip()

    answer = client.get("/api/v1/homes", headers={"Authorization": f"Bearer {text}"})
    assert [home["slug"] for home in answer.json()["items"]] == ["flat"]


def test_each_is_another() -> None:
    a_person("ada")

    assert said("token", "ada") != said("token", "ada")
    assert Token.objects.count() == 2


@pytest.mark.parametrize("name", ["nobody", "gone"])
def test_somebody_who_cannot_sign_in_gets_none(name: str) -> None:
    a_person("gone", is_active=False)

    with pytest.raises(CommandError, match=f"no active person called '{name}'"):
        said("token", name)

    assert not Token.objects.exists()


def test_it_may_everything_its_person_may_for_a_year_unless_that_is_said() -> None:
    a_person("ada")

    said("token", "ada")

    row = Token.objects.get()
    assert row.scope == "admin"
    assert row.expires_at is not None
    assert (row.expires_at - row.created_at).days in {364, 365}


@pytest.mark.parametrize(("days", "valid"), [("30", 30), ("0", None)])
def test_scope_and_days_are_what_is_asked_for(days: str, valid: int | None) -> None:
    a_person("ada")

    said("token", "ada", "--scope", "read", "--days", days)

    row = Token.objects.get()
    assert row.scope == "read"
    assert (row.expires_at and round((row.expires_at - row.created_at) / timedelta(days=1))) == valid


@pytest.mark.parametrize("wrong", [["--scope", "root"], ["--days", "-1"], ["--days", "99999999"], ["--days", "x"]])
def test_a_scope_or_a_time_that_cannot_be_makes_none(wrong: list[str]) -> None:
    a_person("ada")

    with pytest.raises(CommandError):
        said("token", "ada", *wrong)

    assert not Token.objects.exists()


def test_it_is_on_record_as_made_by_voltsafe() -> None:
    ada = a_person("ada")

    said("token", "ada", "--name", "Monitor")

    row = Decision.objects.get(action="add_token")
    assert (row.actor, row.subject_name, row.account_id) == ("system", "Monitor", ada.pk)
