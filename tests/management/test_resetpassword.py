"""`manage.py resetpassword`: for who has lost the way in."""

import getpass
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError
from django.test import Client

from appliances.models import Decision, User
from appliances.models.decision import Action, Actor
from tests.builders import a_person
from tests.management.commands import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return a_person("ada")


def type_in(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    answers = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)


def test_it_asks_twice_and_the_new_password_lets_in(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "a quiet kettle sings", "a quiet kettle sings")

    said("resetpassword", "ada")

    assert Client().login(username="ada", password="a quiet kettle sings")


def test_two_that_differ_change_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "a quiet kettle sings", "a quiet kettle sinks")

    with pytest.raises(CommandError, match="differ"):
        said("resetpassword", "ada")

    assert Client().login(username="ada", password="correct horse battery")


def test_the_password_it_makes_is_all_it_prints(ada: User) -> None:
    [password] = said("resetpassword", "ada", "--generate").split()

    assert Client().login(username="ada", password=password)


def test_everybody_who_was_signed_in_is_not_any_more(ada: User) -> None:
    browser = Client()
    browser.force_login(ada)

    said("resetpassword", "ada", "--generate")

    assert browser.get("/")["Location"].startswith("/sign-in/")


def test_it_is_on_record_as_voltsafes(ada: User) -> None:
    said("resetpassword", "ada", "--generate")

    row = Decision.objects.get(action=Action.CHANGE_PASSWORD)
    assert (row.actor, row.account_id, row.facts) == (Actor.SYSTEM, ada.pk, {})


def test_the_second_factor_stays_unless_it_is_named(ada: User) -> None:
    TOTP.activate(ada, "JBSWY3DPEHPK3PXP")

    said("resetpassword", "ada", "--generate")
    assert Authenticator.objects.filter(user=ada).exists()

    said("resetpassword", "ada", "--generate", "--without-second-factor")
    assert not Authenticator.objects.filter(user=ada).exists()
    assert Decision.objects.get(action=Action.REMOVE_FACTOR).facts == {"factor": "totp"}


@pytest.mark.parametrize(
    ("typed", "why"), [("password1234", "too common"), ("short", "too short"), ("1029384756102", "entirely numeric")]
)
def test_an_easy_one_is_refused(ada: User, monkeypatch: pytest.MonkeyPatch, typed: str, why: str) -> None:
    type_in(monkeypatch, typed, typed)

    with pytest.raises(CommandError, match=why):
        said("resetpassword", "ada")


def test_a_name_that_is_nobodys_is_said_to_be(ada: User) -> None:
    with pytest.raises(CommandError, match="nobody called 'eve'"):
        said("resetpassword", "eve", "--generate")


def test_without_a_terminal_it_tells_the_other_way(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    with pytest.raises(CommandError, match="--generate"):
        said("resetpassword", "ada")
