"""`manage.py token`: a bearer token, printed once."""

import pytest
from django.core.management import CommandError
from django.test import Client

from appliances.models import Token
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
