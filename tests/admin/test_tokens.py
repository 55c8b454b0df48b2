"""Tokens in the administration: the text is shown once, the digest never."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from appliances.models import Decision, Token, User
from appliances.services import tokens
from tests.admin.pages import act, add, delete, errors, said, url
from tests.builders import a_person, a_token, confirm

pytestmark = pytest.mark.django_db


def test_a_new_token_is_shown_once_and_opens_its_persons_homes(admin: Client) -> None:
    ada = a_person("ada")

    add(admin, Token, user=ada.pk, name="phone")
    first = admin.get(url("changelist", Token)).content.decode()
    again = admin.get(url("changelist", Token)).content.decode()

    text = first.split("<code>")[1].split("</code>")[0]
    row = tokens.bearer(text=text, now=timezone.now())
    assert row is not None
    assert (row.user, row.name) == (ada, "phone")
    assert text not in again
    assert row.prefix in again
    assert LogEntry.objects.get().object_id == str(row.pk)
    assert text not in str(LogEntry.objects.values().get())


def test_the_digest_is_on_no_page_and_cannot_be_guessed_by_a_filter(admin: Client, keeper: User) -> None:
    row, _text = a_token(keeper, "phone")

    for page in (url("changelist", Token), url("change", row), url("history", row), url("delete", row)):
        assert row.digest.encode() not in admin.get(page).content
    for lookup in ("digest", "digest__startswith", "digest__gt"):
        assert admin.get(url("changelist", Token), {lookup: row.digest[:4]}).status_code in {302, 400}


def test_a_token_is_never_changed(admin: Client, keeper: User) -> None:
    row, _text = a_token(keeper, "phone")

    assert admin.post(url("change", row), {"name": "mine", "digest": "0"}).status_code == 403


def test_deleting_revokes(admin: Client, keeper: User) -> None:
    phone, of_phone = a_token(keeper, "phone")
    tablet, of_tablet = a_token(keeper, "tablet")

    delete(admin, phone)
    answer = act(admin, "delete_selected", tablet, post="yes")

    assert said(answer)[-1] == f"tablet ({tablet.prefix}…) deleted."
    assert tokens.bearer(text=of_phone, now=timezone.now()) is None
    assert tokens.bearer(text=of_tablet, now=timezone.now()) is None
    assert LogEntry.objects.count() == 2


def test_only_a_superuser_makes_a_token_for_somebody_else(client: Client) -> None:
    clerk, ada = a_person("clerk", is_staff=True), a_person("ada")
    clerk.user_permissions.add(*Permission.objects.filter(content_type__model="token"))
    client.force_login(clerk)
    confirm(client, clerk)

    assert list(errors(add(client, Token, user=ada.pk, name="phone"))) == ["user"]
    assert add(client, Token, user=clerk.pk, name="phone").status_code == 302
    assert Token.objects.get().user == clerk


def test_whoever_has_not_shown_that_it_is_they_is_told_to_and_makes_none(client: Client, keeper: User) -> None:
    client.force_login(keeper)

    answer = add(client, Token, user=keeper.pk, name="phone")

    assert "Confirm that it is you first" in str(errors(answer)["__all__"])
    assert not Token.objects.exists()


def test_making_and_revoking_are_on_record(admin: Client, keeper: User) -> None:
    add(admin, Token, user=keeper.pk, name="phone", scope="switch")
    delete(admin, Token.objects.get())

    acts = Decision.objects.filter(account_id=keeper.pk).values_list("action", "actor_name").order_by("id")
    assert list(acts) == [("add_token", "keeper"), ("remove_token", "keeper")]
