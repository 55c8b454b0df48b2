"""Accounts in the administration."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from appliances.models import Decision, User
from appliances.models.decision import Action
from tests.admin.pages import add, delete, edit, errors, opened, said, url
from tests.builders import a_home, a_person

pytestmark = pytest.mark.django_db

PASSWORD = "a quiet kettle sings"


def password_page(person: User) -> str:
    return reverse("admin:auth_user_password_change", args=[person.pk])


@pytest.fixture
def clerk(client: Client) -> User:
    """Staff who may look after accounts, and is no superuser."""
    clerk = a_person("clerk", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(content_type__model="user"))
    client.force_login(clerk)
    return clerk


def test_adds_an_account_that_can_sign_in(admin: Client) -> None:
    add(admin, User, username="ada", usable_password="true", password1=PASSWORD, password2=PASSWORD)

    assert Client().login(username="ada", password=PASSWORD)


def test_a_weak_password_is_refused(admin: Client) -> None:
    answer = add(admin, User, username="ada", usable_password="true", password1="kettle", password2="kettle")

    assert list(errors(answer)) == ["password2"]


def test_a_new_password_ends_every_session(admin: Client) -> None:
    ada = a_person("ada")
    browser = Client()
    browser.force_login(ada)

    admin.post(password_page(ada), {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD})

    assert browser.get("/")["Location"].startswith("/sign-in/")
    assert Client().login(username="ada", password=PASSWORD)


def test_deactivating_ends_every_session(admin: Client) -> None:
    ada = a_person("ada")
    browser = Client()
    browser.force_login(ada)
    sent = opened(admin, url("change", ada))
    del sent["is_active"]

    assert admin.post(url("change", ada), sent).status_code == 302

    ada.refresh_from_db()
    assert not ada.is_active
    assert browser.get("/")["Location"].startswith("/sign-in/")


def test_nobody_locks_themselves_out(admin: Client, keeper: User) -> None:
    edit(admin, keeper, first_name="K", is_active="", is_superuser="", is_staff="")
    delete(admin, keeper)

    keeper.refresh_from_db()
    assert (keeper.first_name, keeper.is_active, keeper.is_superuser) == ("K", True, True)


def test_power_is_a_superusers_to_give(client: Client, clerk: User) -> None:
    ada = a_person("ada")

    for person in (ada, clerk):
        edit(client, person, last_name="L", is_superuser="on", is_staff="on", groups=[], user_permissions=["1"])

    ada.refresh_from_db()
    clerk.refresh_from_db()
    assert (ada.last_name, ada.is_staff, ada.is_superuser) == ("L", False, False)
    assert (clerk.last_name, clerk.is_superuser) == ("L", False)
    assert not ada.user_permissions.exists()


def test_the_account_of_staff_is_a_superusers_to_change(client: Client, clerk: User) -> None:
    for person in (a_person("boss", is_staff=True, is_superuser=True), a_person("other", is_staff=True)):
        assert client.post(url("change", person), {"username": "me"}).status_code == 403
        assert client.post(password_page(person), {"password1": PASSWORD, "password2": PASSWORD}).status_code == 403
        assert delete(client, person).status_code == 403
        assert not Client().login(username=person.username, password=PASSWORD)


def test_groups_are_for_superusers(client: Client, clerk: User) -> None:
    clerk.user_permissions.add(*Permission.objects.filter(content_type__model="group"))

    for page in ("changelist", "add"):
        assert client.get(url(page, Group)).status_code == 403


def test_what_is_done_here_is_on_record(admin: Client) -> None:
    add(admin, User, username="ada", password1=PASSWORD, password2=PASSWORD)
    ada = User.objects.get(username="ada")
    edit(admin, ada, is_staff="on")
    admin.post(password_page(ada), {"password1": PASSWORD + "!", "password2": PASSWORD + "!"})
    delete(admin, ada)

    rows = Decision.objects.filter(subject_name="ada").order_by("id")
    wanted = [Action.ADD_ACCOUNT, Action.CHANGE_ACCOUNT, Action.CHANGE_PASSWORD, Action.REMOVE_ACCOUNT]
    assert [row.action for row in rows] == wanted
    assert {row.actor_name for row in rows} == {"keeper"}


def test_power_and_passwords_ask_who_it_is_first(client: Client, keeper: User) -> None:
    client.force_login(keeper)
    ada = a_person("ada")

    for answer in (
        edit(client, ada, is_superuser="on"),
        add(client, User, username="eve", password1=PASSWORD, password2=PASSWORD),
    ):
        assert "Confirm that it is you first" in str(errors(answer))
        assert "/account/confirm/" in str(errors(answer))
    answer = client.post(password_page(ada), {"password1": PASSWORD, "password2": PASSWORD})
    assert "Confirm that it is you first" in answer.content.decode()
    assert said(client.post(url("delete", ada), {"post": "yes"}))[0].startswith("Confirm that it is you first")

    ada.refresh_from_db()
    assert (ada.is_superuser, ada.check_password(PASSWORD), User.objects.count()) == (False, False, 2)


def test_ones_own_new_password_keeps_ones_own_session(admin: Client, keeper: User) -> None:
    admin.post(password_page(keeper), {"password1": PASSWORD, "password2": PASSWORD})

    assert admin.get("/admin/").status_code == 200


def test_an_owner_is_not_switched_off_while_there_is_no_other(admin: Client) -> None:
    ada = a_person("ada")
    a_home("Flat", owner=ada)

    answer = edit(admin, ada, is_active="")

    assert "Flat would be left without an owner" in str(errors(answer))
    ada.refresh_from_db()
    assert ada.is_active


def test_no_page_shows_a_password_or_its_hash(admin: Client) -> None:
    ada = a_person("ada")

    assert ada.password.encode() not in admin.get(url("change", ada)).content
    assert admin.get(url("changelist", User), {"password__startswith": "md5"}).status_code in {302, 400}
