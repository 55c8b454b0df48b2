"""The page behind an invitation's link: looked at freely, used once, and clear where it opens nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appliances.models import Attempt, Decision, Invitation, Membership, User
from appliances.models.decision import Action
from appliances.models.membership import Role
from appliances.services import confirming, throttle
from appliances.services.fair_turn import TookTooLong
from tests.builders import a_person, an_invitation

NEW = {"username": "bob", "password1": "a quiet kettle sings", "password2": "a quiet kettle sings"}


@pytest.fixture
def link(flat: dict[str, Any]) -> str:
    return reverse("join", args=[an_invitation(flat["home"], "Bob")])


def test_looking_at_it_uses_nothing_up(client: Client, link: str) -> None:
    before = Decision.objects.count()

    for look in (client.get, client.head, client.get):
        assert look(link).status_code == 200

    assert Decision.objects.count() == before
    assert Invitation.objects.exists()
    assert not Attempt.objects.exists()


def test_it_says_where_it_leads_and_as_what(client: Client, link: str) -> None:
    page = client.get(link).content.decode()

    assert "Harbour flat" in page
    assert "Bob, you are invited to this home." in page
    assert "Switches what is there." in page


def test_a_new_account_joins_is_signed_in_and_lands_on_the_home(client: Client, link: str) -> None:
    answer = client.post(link, NEW, follow=True)

    bob = User.objects.get(username="bob")
    assert answer.redirect_chain[-1][0] == "/homes/harbour-flat/"
    assert "Welcome to Harbour flat." in answer.content.decode()
    assert Membership.objects.get(user=bob).role == Role.GUEST
    assert confirming.is_recent(client.session, bob.pk, timezone.now()), "they have just chosen their password"
    assert Decision.objects.filter(action=Action.SIGN_IN, account_id=bob.pk).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "ada"}, "username"),
        ({"username": "a b"}, "username"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password2": "a quiet kettle sighs"}, "password2"),
        ({"password1": ""}, "password1"),
    ],
)
def test_a_wrong_account_says_what_is_wrong(client: Client, link: str, wrong: dict[str, str], field: str) -> None:
    answer = client.post(link, {**NEW, **wrong})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert Invitation.objects.exists()
    assert "_auth_user_id" not in client.session


def test_who_is_signed_in_joins_with_their_account(client: Client, link: str) -> None:
    bob = a_person("bob")
    client.force_login(bob)
    assert "Join as bob" in client.get(link).content.decode()

    assert client.post(link)["Location"] == "/homes/harbour-flat/"

    assert Membership.objects.get(user=bob).role == Role.GUEST


def test_who_has_an_account_signs_in_first_and_comes_back(client: Client, link: str) -> None:
    a_person("bob")
    sign_in = client.get(link).context["sign_in_url"]

    answer = client.post(
        sign_in, {"username": "bob", "password": "correct horse battery", "login": "bob", "next": link}
    )

    assert answer["Location"] == link


def test_who_belongs_already_leaves_it_to_whom_it_is_for(browser: Client, link: str) -> None:
    assert "You belong to it already" in browser.get(link).content.decode()

    answer = browser.post(link)

    assert answer.status_code == 409
    assert Invitation.objects.exists()


def test_a_used_link_says_what_to_do(client: Client, link: str) -> None:
    client.post(link, NEW)

    for browser in (client, Client()):
        answer = browser.get(link)
        assert answer.status_code == 404
        assert "If you have joined already, sign in." in answer.content.decode()
    assert Client().post(link, {**NEW, "username": "carol"}).status_code == 404
    assert not User.objects.filter(username="carol").exists()


def test_an_old_link_says_what_to_do(client: Client, link: str) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    for answer in (client.get(link), client.post(link, NEW)):
        assert answer.status_code == 410
        assert "Ask whoever invited you for a new link." in answer.content.decode()
    assert not User.objects.filter(username="bob").exists()


def test_guessing_at_links_gets_slow_and_a_true_one_is_opened_all_the_same(client: Client, link: str) -> None:
    wrong = reverse("join", args=["vsi_nothing"])
    for _ in range(20):
        assert client.get(wrong).status_code == 404

    slow = client.get(wrong)

    assert slow.status_code == 429
    assert int(slow["Retry-After"]) >= 1
    assert client.get(link).status_code == 200
    assert client.get(wrong, REMOTE_ADDR="198.51.100.7").status_code == 404


def test_where_no_try_can_be_counted_none_is_judged(
    client: Client, flat: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(*_args: Any) -> None:
        raise TookTooLong

    monkeypatch.setattr(throttle, "take", too_long)

    answer = client.get(reverse("join", args=["vsi_nothing"]))

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_no_cache_keeps_the_page(client: Client, link: str) -> None:
    assert "no-store" in client.get(link)["Cache-Control"]
    assert client.get(link)["Referrer-Policy"] == "same-origin"
