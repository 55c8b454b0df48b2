"""Guesses that arrive at once are counted one by one, and what counts once counts once."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from appliances.models import Attempt, Decision, User
from appliances.models.decision import Action, Outcome
from appliances.services import secret_text, throttle
from appliances.services.throttle import Throttled, Try
from appliances.web import signing
from tests.builders import NOW, a_person
from tests.faults.scale import until
from tests.races.crowd import at_once, somebody_waits
from tests.web.signing import AWAY, give, recovery_codes, sign_in, with_app

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 8


class Still:
    """The time stands still: a wait that passes is no second chance here."""

    at = timezone.now()

    @classmethod
    def now(cls) -> datetime:
        return cls.at


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(signing, "timezone", Still)
    return a_person("ada")


def guesses() -> list[int]:
    ask = [partial(sign_in, Client(), "wrong", at=AWAY) for _one in range(CROWD)]
    return [answer.status_code for answer in at_once(ask)]


def test_of_many_guesses_at_once_only_so_many_are_judged(ada: User) -> None:
    answers = guesses()

    assert sorted(answers) == [422] * throttle.ACCOUNT.free + [429] * (CROWD - throttle.ACCOUNT.free)
    assert Decision.objects.filter(action=Action.SIGN_IN, outcome=Outcome.REFUSED).count() == throttle.ACCOUNT.free


def test_control_counted_after_they_are_judged_all_of_them_are(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    all_have_looked = threading.Barrier(CROWD)

    def look(tries: Iterable[Try], now: datetime) -> None:
        found = {row.key: row for row in Attempt.objects.filter(key__in=[one.key for one in tries])}
        waits = [one.rule.wait(found[one.key].failures) for one in tries if one.key in found]
        all_have_looked.wait(30)
        if any(waits):
            raise Throttled(1)

    monkeypatch.setattr(throttle, "take", look)

    assert guesses() == [422] * CROWD


def test_one_recovery_code_lets_one_of_many_in(ada: User) -> None:
    code = recovery_codes(with_app(ada))[0]
    browsers = [Client() for _one in range(4)]
    for browser in browsers:
        sign_in(browser)

    answers = at_once([partial(give, browser, code) for browser in browsers])

    assert sorted(answer.status_code for answer in answers) == [302, 422, 422, 422]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("key", "comes"),
    [
        (throttle.setup(AWAY)[0].key, partial(throttle.take, throttle.setup(AWAY), NOW)),
        (secret_text.digest("once\0a code"), partial(throttle.once, "a code", timedelta(minutes=1), NOW)),
    ],
    ids=["take", "once"],
)
def test_what_is_forgotten_while_a_try_waits_for_it_is_counted_anew(key: str, comes: Callable[[], object]) -> None:
    """SQLite's writers come one after the other."""
    long_ago = NOW - throttle.FORGOTTEN_AFTER
    Attempt.objects.create(key=key, failures=3, last_at=long_ago)
    is_removed = threading.Event()

    def forgets() -> None:
        with transaction.atomic():
            Attempt.objects.filter(key=key).delete()
            is_removed.set()
            until(somebody_waits, within=30, what="the try waits")

    def tries() -> None:
        is_removed.wait(30)
        comes()

    at_once([forgets, tries])

    row = Attempt.objects.get()
    assert (row.key, row.last_at) == (key, NOW)
    assert row.failures < 3


def test_what_counts_once_counts_for_one_of_many(ada: User) -> None:
    once = partial(throttle.once, "a code", timedelta(minutes=1), NOW)

    assert sorted(at_once([once] * CROWD)) == [False] * (CROWD - 1) + [True]
    assert throttle.once("a code", timedelta(minutes=1), NOW + timedelta(minutes=1))


def ended(client: Client) -> Any:
    return client.post("/sign-out/").status_code


def test_signing_out_twice_at_once_is_signing_out(ada: User) -> None:
    client = Client()
    sign_in(client)
    same = [Client(), Client()]
    for one in same:
        one.cookies.update(client.cookies)

    assert at_once([partial(ended, one) for one in same]) == [302, 302]
