"""Confirming that it is you: with what, for how long, and the same everywhere."""

from datetime import timedelta

import pytest
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.utils import timezone

from appliances.models import Decision, User
from appliances.models.decision import Action, Outcome
from appliances.presentation import wording
from appliances.services import confirming
from appliances.web import signing
from tests.builders import a_person
from tests.web.signing import HOME, PASSWORD, code_now, sign_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_nothing_used")]

GUARDED = [
    "/account/app/add/",
    "/account/app/remove/",
    "/account/passkeys/add/",
    "/account/recovery-codes/",
    "/account/recovery-codes/text/",
    "/account/recovery-codes/new/",
]


@pytest.fixture
def ada(db: None) -> User:
    return a_person("ada")


@pytest.fixture
def stale(ada: User) -> Client:
    """Signed in, but too long ago to count."""
    client = Client()
    sign_in(client)
    session = client.session
    session[confirming.RECORDS][0]["at"] -= confirming.HOLDS_FOR.total_seconds()
    session.save()
    return client


def confirm(client: Client, password: str = PASSWORD, wanted: str = "/account/app/add/") -> object:
    return client.post("/account/confirm/", {"password": password, "next": wanted}, REMOTE_ADDR=HOME)


def is_confirmed(client: Client, user: User) -> bool:
    return confirming.is_recent(client.session, user.pk, timezone.now())


def test_it_holds_as_long_for_allauth_as_for_us() -> None:
    assert timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT) == confirming.HOLDS_FOR


@pytest.mark.parametrize("path", GUARDED)
def test_what_guards_the_account_asks_first(stale: Client, ada: User, path: str) -> None:
    with_app(ada)
    if path == "/account/app/add/":
        ada.authenticator_set.all().delete()

    assert stale.get(path)["Location"].startswith("/account/confirm/?next=")


def test_signing_in_counts(ada: User) -> None:
    client = Client()
    sign_in(client)

    assert is_confirmed(client, ada)
    assert client.get("/account/app/add/").status_code == 200


def test_the_password_confirms_and_leads_on(stale: Client, ada: User) -> None:
    assert confirm(stale)["Location"] == "/account/app/add/"  # type: ignore[index]

    assert is_confirmed(stale, ada)
    assert stale.get("/account/app/add/").status_code == 200
    row = Decision.objects.get(action=Action.CONFIRM)
    assert wording.decision(row) == "ada confirmed with a password that it is they."


def test_and_never_leads_elsewhere(stale: Client) -> None:
    assert confirm(stale, wanted="//evil.example")["Location"] == "/"  # type: ignore[index]


def test_a_code_confirms_too(stale: Client, ada: User) -> None:
    with_app(ada)

    stale.post("/account/confirm/code/", {"code": code_now(), "next": "/account/"}, REMOTE_ADDR=HOME)

    assert is_confirmed(stale, ada)
    assert Decision.objects.get(action=Action.CONFIRM).facts["ways"] == ["totp"]


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/account/confirm/", {"password": "wrong"}),
        ("/account/confirm/code/", {"code": "12345"}),
    ],
)
def test_guessing_gets_slow_and_confirms_nothing(stale: Client, ada: User, path: str, given: dict[str, str]) -> None:
    with_app(ada)

    answers = [stale.post(path, given, REMOTE_ADDR=HOME).status_code for _try in range(6)]

    assert answers == [422] * 5 + [429]
    assert not is_confirmed(stale, ada)
    assert Decision.objects.filter(action=Action.CONFIRM, outcome=Outcome.REFUSED).count() == 5


def test_what_we_count_as_confirmed_allauth_does_too(ada: User) -> None:
    """`signing` writes it with a function of allauth's own; another version may keep it otherwise."""
    request = RequestFactory().post("/", REMOTE_ADDR=HOME)
    request.session, request.user = SessionStore(), ada

    assert signing.confirm(request, ada, "wrong") == (False, "That is not your password.")
    assert not did_recently_reauthenticate(request)
    assert signing.confirm(request, ada, PASSWORD) == (True, "")

    assert did_recently_reauthenticate(request)
    assert confirming.is_recent(request.session, ada.pk, timezone.now())
    assert request.session[confirming.OF_USER] == str(ada.pk)
    assert set(request.session[confirming.RECORDS][-1]) == {"method", "at", "reauthenticated"}
    assert not confirming.is_recent(request.session, ada.pk + 1, timezone.now())
    assert not confirming.is_recent(request.session, ada.pk, timezone.now() + confirming.HOLDS_FOR)
