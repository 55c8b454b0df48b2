"""Memberships in the administration: a home keeps an owner."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from appliances.models import Membership, User
from appliances.models.membership import Role
from tests.admin.pages import act, add, delete, edit, errors, said
from tests.builders import a_home, a_person
from tests.services.meanwhile import before_the_answer

pytestmark = pytest.mark.django_db

LEFT = "Flat would be left without an owner. Make someone else its owner first."


def test_lets_someone_into_a_home(admin: Client) -> None:
    home, ada = a_home("Flat"), a_person("ada")

    assert add(admin, Membership, user=ada.pk, home=home.pk, role=Role.GUEST).status_code == 302

    assert Membership.objects.get().role == Role.GUEST


def test_someone_belongs_to_a_home_once(admin: Client) -> None:
    ada = a_person("ada")
    home = a_home("Flat", owner=ada)

    answer = add(admin, Membership, user=ada.pk, home=home.pk, role=Role.GUEST)

    assert errors(answer) == {"__all__": ["This person already belongs to this home."]}


def test_who_is_gone_before_it_is_shown_was_let_in(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    home, ada = a_home("Flat", owner=a_person("bob")), a_person("ada")

    before_the_answer(monkeypatch, lambda _: Membership.objects.filter(user=ada).delete())
    answer = add(admin, Membership, user=ada.pk, home=home.pk, role=Role.GUEST)

    assert errors(answer) == {"__all__": ["It was saved, and somebody has removed it since."]}


def test_the_last_owner_is_not_demoted(admin: Client) -> None:
    home = a_home("Flat", owner=a_person("ada"))
    a_person("bob", home=home, role=Role.MEMBER)
    row = Membership.objects.get(role=Role.OWNER)

    answer = edit(admin, row, role=Role.MEMBER)

    assert errors(answer) == {"role": [LEFT]}
    row.refresh_from_db()
    assert row.role == Role.OWNER


def test_an_owner_is_demoted_where_another_stays(admin: Client) -> None:
    home = a_home("Flat", owner=a_person("ada"))
    a_person("bob", home=home)
    row = Membership.objects.get(user__username="ada")

    assert edit(admin, row, role=Role.MEMBER).status_code == 302

    assert Membership.objects.get(role=Role.OWNER).user.username == "bob"


def test_an_owner_who_may_not_sign_in_is_no_other_owner(admin: Client) -> None:
    home = a_home("Flat", owner=a_person("ada"))
    a_person("gone", home=home, is_active=False)

    answer = edit(admin, Membership.objects.get(user__username="ada"), role=Role.VIEWER)

    assert errors(answer) == {"role": [LEFT]}


def test_the_last_owner_is_not_removed(admin: Client) -> None:
    a_home("Flat", owner=a_person("ada"))

    answer = delete(admin, Membership.objects.get())

    assert said(answer) == [LEFT]
    assert Membership.objects.count() == 1
    assert not LogEntry.objects.exists()


def test_a_guest_is_removed(admin: Client) -> None:
    home = a_home("Flat", owner=a_person("ada"))
    a_person("bob", home=home, role=Role.GUEST)

    delete(admin, Membership.objects.get(role=Role.GUEST))

    assert Membership.objects.get().user.username == "ada"


def test_whom_and_where_it_is_about_stays(admin: Client) -> None:
    home, barn = a_home("Flat", owner=a_person("ada")), a_home("Barn")
    row = Membership.objects.get()

    edit(admin, row, home=barn.pk, user=a_person("bob").pk)

    row.refresh_from_db()
    assert (row.home, row.user.username) == (home, "ada")


def test_deleting_the_account_of_a_last_owner_is_refused(admin: Client) -> None:
    ada = a_person("ada")
    a_home("Flat", owner=ada)

    answer = delete(admin, ada)

    assert said(answer) == [LEFT]
    assert User.objects.filter(username="ada").exists()


def test_several_are_not_deleted_at_once(admin: Client) -> None:
    a_home("Flat", owner=a_person("ada"))

    act(admin, "delete_selected", Membership.objects.get(), post="yes")
    act(admin, "delete_selected", User.objects.get(username="ada"), post="yes")

    assert Membership.objects.count() == 1
