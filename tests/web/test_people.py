"""The page of people: who belongs, inviting, changing roles, removing, leaving; with htmx and without."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appliances.models import Decision, Invitation, Membership
from appliances.models.membership import Role
from tests.builders import a_home, a_person, an_invitation, confirm
from tests.web.conftest import HTMX

PEOPLE = "/homes/harbour-flat/people/"
INVITE = f"{PEOPLE}invite/"
BOB = {"name": "Bob", "role": "guest", "lasts": "7"}
PASSWORD = {"confirm_password": "correct horse battery"}


@pytest.fixture
def sure(browser: Client, flat: dict[str, Any]) -> Client:
    confirm(browser, flat["owner"])
    return browser


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_everybody_sees_who_belongs(client: Client, flat: dict[str, Any]) -> None:
    client.force_login(a_person("bob", home=flat["home"], role=Role.VIEWER))
    an_invitation(flat["home"], "Carol")

    page = text_of(client.get(PEOPLE))

    assert "ada" in page
    assert "bob" in page
    assert "Leave this home" in page
    assert "Carol" not in page
    assert "Invite somebody" not in page
    assert "/role/" not in page


def test_owners_see_whom_they_invited_and_whose_time_is_over(browser: Client, flat: dict[str, Any]) -> None:
    an_invitation(flat["home"], "Carol")
    an_invitation(flat["home"], "Dan")
    Invitation.objects.filter(name="Dan").update(expires_at="2026-01-02T03:04:00Z")

    page = text_of(browser.get(PEOPLE))

    assert "Guest · The link holds until" in page
    assert "Nobody came until 2 Jan 03:04" in page


def test_the_page_costs_as_much_for_many(browser: Client, flat: dict[str, Any], django_assert_num_queries: Any) -> None:
    browser.get(PEOPLE)
    for number in range(5):
        a_person(home=flat["home"], role=Role.GUEST)
        an_invitation(flat["home"], f"Guest {number}")

    with django_assert_num_queries(6):
        browser.get(PEOPLE)


def test_an_invitation_is_shown_once_with_its_link_and_code(sure: Client) -> None:
    answer = sure.post(INVITE, BOB)

    page = text_of(answer)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert 'value="http://testserver/join/vsi_' in page
    assert '<svg class="qr"' in page
    assert "/join/" not in text_of(sure.get(PEOPLE))


def test_the_link_is_of_the_address_that_voltsafe_is_known_by(sure: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://volts.example:8443"

    assert 'value="https://volts.example:8443/join/vsi_' in text_of(sure.post(INVITE, BOB))


def test_a_link_that_no_phone_can_open_says_so(sure: Client, settings: Any) -> None:
    assert "Only this machine can open it" in text_of(sure.post(INVITE, BOB, headers={"Host": "localhost"}))
    assert "Only this machine" not in text_of(sure.post(INVITE, BOB))


def test_in_the_dialog_it_is_the_body_of_one(sure: Client) -> None:
    answer = sure.post(INVITE, BOB, headers=HTMX)

    assert answer.status_code == 201
    assert text_of(answer).lstrip().startswith('<div id="form-body"')


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_who_invites_is_asked_for_the_password_and_keeps_what_was_typed(
    browser: Client, headers: dict[str, str]
) -> None:
    answer = browser.post(INVITE, BOB, headers=headers)

    page = text_of(answer)
    assert answer.status_code == 403
    assert 'name="confirm_password"' in page
    assert 'value="Bob"' in page
    assert not Invitation.objects.exists()

    assert browser.post(INVITE, {**BOB, **PASSWORD}, headers=headers).status_code == 201
    assert browser.post(INVITE, BOB, headers=headers).status_code == 201, "not asked again for a while"


def test_a_wrong_password_lets_nobody_in(browser: Client) -> None:
    answer = browser.post(INVITE, {**BOB, "confirm_password": "a wrong one"})

    assert answer.status_code == 403
    assert "That is not your password." in text_of(answer)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("wrong", [{"name": " "}, {"role": "king"}, {"lasts": "365"}])
def test_a_wrong_invitation_says_what_is_wrong(sure: Client, wrong: dict[str, str]) -> None:
    answer = sure.post(INVITE, {**BOB, **wrong})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == wrong.keys()


def test_an_invitation_is_taken_back_after_asking(browser: Client, flat: dict[str, Any]) -> None:
    an_invitation(flat["home"], "Carol")
    url = reverse("invitation_take_back", args=["harbour-flat", Invitation.objects.get().pk])
    assert "Take back the invitation for Carol?" in text_of(browser.get(url))

    assert browser.post(url)["Location"] == PEOPLE

    assert not Invitation.objects.exists()
    assert browser.post(url).status_code == 404


def role_url(user: Any) -> str:
    return reverse("person_role", args=["harbour-flat", user.pk])


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_a_role_is_changed(sure: Client, flat: dict[str, Any], headers: dict[str, str]) -> None:
    bob = a_person("bob", home=flat["home"], role=Role.GUEST)

    answer = sure.post(role_url(bob), {"role": "member"}, headers=headers)

    assert answer["HX-Redirect" if headers else "Location"] == PEOPLE
    assert Membership.objects.get(user=bob).role == Role.MEMBER
    assert "bob saved." in text_of(sure.get(PEOPLE))


def test_a_role_needs_a_confirmation(browser: Client, flat: dict[str, Any]) -> None:
    bob = a_person("bob", home=flat["home"], role=Role.GUEST)

    assert browser.post(role_url(bob), {"role": "member"}).status_code == 403
    assert browser.post(role_url(bob), {"role": "member", **PASSWORD}).status_code == 302


def test_an_owner_who_gives_it_up_reaches_no_owners_page(sure: Client, flat: dict[str, Any]) -> None:
    a_person("bob", home=flat["home"])

    assert sure.post(role_url(flat["owner"]), {"role": "viewer"}, follow=True).status_code == 200

    assert sure.get(INVITE).status_code == 403


@pytest.mark.parametrize("path", ["leave", "remove", "role"])
def test_the_last_owner_is_told_what_to_do(sure: Client, flat: dict[str, Any], path: str) -> None:
    user = flat["owner"].pk
    url = f"{PEOPLE}leave/" if path == "leave" else f"{PEOPLE}{user}/{path}/"

    answer = sure.post(url, {"role": "guest"})

    assert answer.status_code == 409
    assert "Make someone else its owner first." in text_of(answer)
    assert Membership.objects.get(user=user).role == Role.OWNER


def test_somebody_is_removed_and_finds_the_home_closed(browser: Client, flat: dict[str, Any]) -> None:
    bob = a_person("bob", home=flat["home"], role=Role.MEMBER)
    theirs = Client()
    theirs.force_login(bob)
    assert theirs.get("/homes/harbour-flat/").status_code == 200

    assert browser.post(reverse("person_remove", args=["harbour-flat", bob.pk]))["Location"] == PEOPLE

    assert theirs.get("/homes/harbour-flat/").status_code == 404
    assert theirs.post(f"/appliances/{flat['kettle'].pk}/switch/", {"is_on": "true"}).status_code == 404


def test_anyone_may_leave(client: Client, flat: dict[str, Any]) -> None:
    bob = a_person("bob", home=flat["home"], role=Role.VIEWER)
    client.force_login(bob)
    assert "Leave Harbour flat?" in text_of(client.get(f"{PEOPLE}leave/"))

    assert client.post(f"{PEOPLE}leave/")["Location"] == "/"

    assert not bob.memberships.exists()
    assert client.get("/homes/harbour-flat/").status_code == 404


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GUEST, Role.VIEWER, None], ids=str)
def test_nobody_but_an_owner_changes_anything(client: Client, flat: dict[str, Any], role: Role | None) -> None:
    bob = a_person("bob", home=flat["home"], role=role) if role else a_person("bob")
    client.force_login(bob)
    confirm(client, bob)
    an_invitation(flat["home"])
    before = Decision.objects.count()

    for url in (
        INVITE,
        role_url(flat["owner"]),
        reverse("person_remove", args=["harbour-flat", flat["owner"].pk]),
        reverse("invitation_take_back", args=["harbour-flat", Invitation.objects.get().pk]),
        reverse("installer_code", args=["harbour-flat"]),
        reverse("installer_code_remove", args=["harbour-flat"]),
    ):
        answer = client.post(url, {**BOB, "role": "owner", "code": "a new code"})
        assert answer.status_code == (403 if role else 404), url
    assert Decision.objects.count() == before


def test_a_person_of_another_home_is_not_there(sure: Client) -> None:
    stranger = a_person(home=a_home("Elsewhere"), role=Role.GUEST)

    assert sure.get(role_url(stranger)).status_code == 404
    assert sure.post(reverse("person_remove", args=["harbour-flat", stranger.pk])).status_code == 404


def test_the_header_switches_between_homes(browser: Client, flat: dict[str, Any]) -> None:
    assert 'id="places"' not in text_of(browser.get("/homes/harbour-flat/"))
    a_home("Cabin", owner=flat["owner"])
    a_home("Not mine")

    for path in ("/homes/harbour-flat/", PEOPLE, "/homes/harbour-flat/decisions/"):
        page = text_of(browser.get(path))
        assert 'href="/homes/cabin/"' in page, path
        assert 'href="/homes/harbour-flat/" aria-current="true"' in page, path
        assert "Not mine" not in page
