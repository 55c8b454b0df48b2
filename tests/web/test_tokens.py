"""The page of a person's tokens: made with a scope and an end, shown once, revoked, and never anybody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appliances.models import Decision, Token
from appliances.services import tokens
from tests.builders import a_person, a_token, confirm

PAGE = "/account/tokens/"
PHONE = {"name": "Phone", "scope": "switch", "lasts": "30"}


@pytest.fixture
def confirmed(browser: Client, flat: dict[str, Any]) -> Client:
    confirm(browser, flat["owner"])
    return browser


def shown(answer: Any) -> str:
    return str(answer.context["text"])


def test_one_is_made_with_its_scope_and_its_end(confirmed: Client, flat: dict[str, Any]) -> None:
    answer = confirmed.post(PAGE, PHONE)

    row = tokens.bearer(text=shown(answer), now=timezone.now())
    assert answer.status_code == 201
    assert row is not None
    assert (row.user, row.name, row.scope) == (flat["owner"], "Phone", "switch")
    assert row.expires_at is not None
    assert abs(row.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


def test_for_ever_has_no_end(confirmed: Client) -> None:
    confirmed.post(PAGE, {**PHONE, "lasts": "0"})

    assert Token.objects.get().expires_at is None


def test_its_text_is_shown_once_with_a_line_to_try_it(confirmed: Client) -> None:
    first = confirmed.post(PAGE, PHONE)
    text = shown(first)
    again = confirmed.get(PAGE).content.decode()

    line = f"curl -H &quot;Authorization: Bearer {text}&quot; http://testserver/api/v1/homes"
    assert line in first.content.decode()
    assert text not in again
    assert text[:8] in again
    assert "no-store" in first["Cache-Control"]


def test_it_is_asked_who_it_is_and_a_password_with_the_form_does(browser: Client, flat: dict[str, Any]) -> None:
    asked = browser.post(PAGE, PHONE)
    assert asked.status_code == 403
    assert 'name="confirm_password"' in asked.content.decode()
    assert 'value="Phone"' in asked.content.decode()
    assert not Token.objects.exists()

    made = browser.post(PAGE, {**PHONE, "confirm_password": "correct horse battery"})

    assert made.status_code == 201


def test_a_wrong_password_makes_none(browser: Client) -> None:
    answer = browser.post(PAGE, {**PHONE, "confirm_password": "guess"})

    assert answer.status_code == 403
    assert "That is not your password." in answer.content.decode()
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 81}, {"scope": "root"}, {"lasts": "9999"}, {"name": "\0"}]
)
def test_what_cannot_be_is_said_at_its_field(confirmed: Client, wrong: dict[str, str]) -> None:
    answer = confirmed.post(PAGE, {**PHONE, **wrong})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert not Token.objects.exists()


def test_they_are_listed_with_what_one_has_to_know(confirmed: Client, flat: dict[str, Any]) -> None:
    row, text = a_token(flat["owner"], "Monitor", scope="read")
    gone, _text = a_token(flat["owner"], "Old", expires_at=timezone.now() + timedelta(hours=1))
    Token.objects.filter(pk=gone.pk).update(expires_at=timezone.now() - timedelta(days=1))
    tokens.bearer(text=text, now=timezone.now())

    old, monitor = confirmed.get(PAGE).context["tokens"]

    assert (monitor.name, monitor.scope, monitor.begins_with) == ("Monitor", "Read", f"{row.prefix}…")
    assert (monitor.until_text, monitor.is_over, old.is_over) == ("For ever", False, True)
    assert monitor.used_text != "Never"
    assert old.used_text == "Never"
    assert old.until_text.startswith("Expired ")


def test_revoking_asks_first(confirmed: Client, flat: dict[str, Any]) -> None:
    row, text = a_token(flat["owner"], "Monitor")

    assert "Revoke Monitor?" in confirmed.get(f"{PAGE}{row.pk}/revoke/").content.decode()
    assert tokens.bearer(text=text, now=timezone.now()) is not None
    assert confirmed.post(f"{PAGE}{row.pk}/revoke/").headers["Location"] == PAGE

    assert tokens.bearer(text=text, now=timezone.now()) is None
    assert Decision.objects.filter(action="remove_token", account_id=flat["owner"].pk).exists()


def test_nobody_sees_or_revokes_somebody_elses(confirmed: Client) -> None:
    row, _text = a_token(a_person("eve"), "Eves own")

    assert "Eves own" not in confirmed.get(PAGE).content.decode()
    assert confirmed.get(f"{PAGE}{row.pk}/revoke/").status_code == 404
    assert confirmed.post(f"{PAGE}{row.pk}/revoke/").status_code == 404
    assert Token.objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
def test_whoever_belongs_to_no_home_has_tokens_too(client: Client) -> None:
    client.force_login(a_person("eve"))

    assert client.get(PAGE).status_code == 200


def test_the_menu_leads_there(browser: Client) -> None:
    assert f'href="{PAGE}"' in browser.get("/homes/harbour-flat/").content.decode()
