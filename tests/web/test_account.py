"""One's own account: the password, and where one is signed in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from appliances.models import Decision, User
from appliances.models.decision import Action
from appliances.presentation import wording
from appliances.services import sessions
from tests.builders import a_person
from tests.web.signing import AWAY, HOME, PASSWORD, is_in, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEW = "a quiet kettle sings"


@pytest.fixture
def ada(db: None) -> User:
    return a_person("ada")


@pytest.fixture
def phone(ada: User) -> Client:
    client = Client()
    sign_in(client, at=AWAY)
    return client


@pytest.fixture
def laptop(ada: User) -> Client:
    client = Client()
    sign_in(client, at=HOME)
    return client


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> Any:
    return client.post("/account/password/", {"old": old, "password": new, "again": again}, REMOTE_ADDR=HOME)


def grows_old(client: Client, by: timedelta) -> None:
    """As if it had been signed in, and last used, so long ago."""
    session = client.session
    for name in (sessions.SINCE, sessions.SEEN):
        session[name] -= by.total_seconds()
    session["account_authentication_methods"] = []
    session.save()


# --- the password


def test_a_new_password_is_the_one_that_lets_in(laptop: Client) -> None:
    assert change(laptop)["Location"] == "/account/"

    assert sign_in(Client(), PASSWORD).status_code == 422
    assert sign_in(Client(), NEW).status_code == 302


def test_it_ends_every_other_session_and_keeps_this_one(laptop: Client, phone: Client) -> None:
    change(laptop)

    assert (is_in(laptop), is_in(phone)) == (True, False)
    assert [place.is_here for place in laptop.get("/account/places/").context["places"]] == [True]


def test_it_is_on_record(laptop: Client, phone: Client) -> None:
    change(laptop)

    said = [wording.decision(row) for row in Decision.objects.filter(home=None).order_by("id")]
    assert said[-2:] == ["ada has a new password.", "ada was signed out in one place."]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("old", {"old": "wrong"}),
        ("password", {"new": "short", "again": "short"}),
        ("password", {"new": "password1234", "again": "password1234"}),
        ("password", {"new": "20112011201120", "again": "20112011201120"}),
        ("again", {"again": "a quiet kettle sinks"}),
        ("old", {"old": ""}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_changed(laptop: Client, field: str, given: dict[str, str]) -> None:
    answer = change(laptop, **given)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert sign_in(Client(), PASSWORD).status_code == 302


def test_guessing_the_old_one_gets_slow(laptop: Client) -> None:
    answers = [change(laptop, old="wrong").status_code for _try in range(6)]

    assert answers == [422] * 5 + [429]


# --- where one is signed in


def test_the_places_are_listed_in_plain_words(laptop: Client, phone: Client) -> None:
    here, there = laptop.get("/account/places/").context["places"]

    assert (here.name, here.address, here.is_here) == ("Firefox on Linux", HOME, True)
    assert (there.address, there.is_here) == (AWAY, False)


def test_one_place_is_signed_out_from_another(laptop: Client, phone: Client) -> None:
    _here, there = laptop.get("/account/places/").context["places"]

    laptop.post("/account/places/", {"place": there.id})

    assert (is_in(laptop), is_in(phone)) == (True, False)
    assert Decision.objects.get(action=Action.END_SESSIONS).facts == {"count": 1}


def test_or_all_the_others_at_once_even_those_of_before_there_was_a_list(laptop: Client, phone: Client) -> None:
    old = Client()
    old.force_login(User.objects.get())

    laptop.post("/account/places/", {"others": "yes"})

    assert (is_in(laptop), is_in(phone), is_in(old)) == (True, False, False)
    assert Decision.objects.get(action=Action.END_SESSIONS).facts == {"count": 2}


@pytest.mark.parametrize("place", ["", "x", "0", "9" * 30, "-1", "²"])
def test_a_place_that_is_none_is_not_found(laptop: Client, place: str) -> None:
    assert laptop.post("/account/places/", {"place": place}).status_code == 404


def test_nobody_signs_somebody_else_out(laptop: Client) -> None:
    a_person("eve")
    eve = Client()
    sign_in(eve, name="eve")

    assert eve.post("/account/places/", {"place": UserSession.objects.get(user__username="ada").pk}).status_code == 404
    assert is_in(laptop)


def test_to_end_one_it_is_asked_who_it_is(laptop: Client, phone: Client) -> None:
    grows_old(laptop, timedelta(minutes=11))

    answer = laptop.post("/account/places/", {"others": "yes"})
    assert answer["Location"] == "/account/confirm/?next=%2Faccount%2Fplaces%2F"
    assert is_in(phone)

    laptop.post(answer["Location"], {"password": PASSWORD}, REMOTE_ADDR=HOME)
    assert not is_in(phone)


def test_a_session_ends_after_a_month_however_much_it_is_used(laptop: Client) -> None:
    grows_old(laptop, timedelta(days=29, hours=23))
    assert is_in(laptop)

    row = Session.objects.get()
    assert timedelta() < row.expire_date - timezone.now() <= timedelta(hours=1)


def test_and_after_a_fortnight_without_use(laptop: Client) -> None:
    row = Session.objects.get()

    assert timedelta(days=13) < row.expire_date - timezone.now() <= timedelta(days=14)


def test_being_seen_costs_a_write_every_few_minutes_and_nothing_in_between(
    laptop: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(2):  # the session and its person
        laptop.get("/account/passkeys/add/nowhere/")
    grows_old(laptop, timedelta(minutes=6))
    before = UserSession.objects.get().last_seen_at
    laptop.get("/account/", REMOTE_ADDR=AWAY)

    row = UserSession.objects.get()
    assert row.last_seen_at > before
    assert row.ip == AWAY


def test_what_is_over_is_forgotten(laptop: Client, phone: Client) -> None:
    Session.objects.filter(session_key=phone.session.session_key).update(expire_date=timezone.now())
    now = timezone.now() + timedelta(hours=1)

    sessions.prune(now)

    assert UserSession.objects.count() == Session.objects.count() == 1


def test_no_page_of_the_account_changes_anything_when_it_is_looked_at(laptop: Client) -> None:
    before = Decision.objects.count()

    for path in ("", "password/", "confirm/", "app/add/", "passkeys/", "passkeys/add/", "places/"):
        assert laptop.get(f"/account/{path}").status_code == 200, path

    assert Decision.objects.count() == before
    assert is_in(laptop)
