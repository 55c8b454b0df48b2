"""Signing in with a name and a password: who gets in, who waits, and what is kept of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appliances.models import Decision, User
from appliances.models.decision import Action, Actor, Outcome
from appliances.presentation import wording
from appliances.services import throttle
from tests.builders import a_person
from tests.web.conftest import Clock
from tests.web.signing import AWAY, HOME, PASSWORD, is_in, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def ada(db: None) -> User:
    return a_person("ada")


def test_name_and_password_let_in(client: Client, ada: User) -> None:
    assert sign_in(client)["Location"] == "/"
    assert is_in(client)


def test_a_wrong_password_does_not(client: Client, ada: User) -> None:
    answer = sign_in(client, "wrong")

    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()
    assert not is_in(client)


def test_nobody_is_told_whether_there_is_such_a_name(client: Client, ada: User) -> None:
    a_person("gone", is_active=False)

    said = {
        sign_in(client, "wrong", name=name).context["form"].non_field_errors()[0] for name in ("ada", "eve", "gone")
    }

    assert len(said) == 1


def test_who_was_switched_off_does_not_get_in(client: Client) -> None:
    a_person("gone", is_active=False)

    assert sign_in(client, name="gone").status_code == 422


def test_the_session_gets_a_new_key(client: Client, ada: User) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key

    sign_in(client)

    assert client.session.session_key != before


def test_there_is_no_way_to_sign_oneself_up_or_to_have_a_password_mailed() -> None:
    from django.urls import NoReverseMatch

    for name in ("account_signup", "account_reset_password", "account_email", "account_inactive"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


# --- where one is sent


@pytest.mark.parametrize("wanted", ["/homes/add/", "/?all=1", "/account/places/", "/admin/"])
def test_a_page_of_ours_is_gone_on_to(client: Client, ada: User, wanted: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http://testserver/account/",
        "\\\\evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "account/",
        "/nowhere/at/all/",
        "/%5cevil.example",
        "@evil.example",
        "//evil.example\\@testserver",
        "http:///evil.example",
        "/\x00",
    ],
)
def test_nothing_else_is(client: Client, ada: User, wanted: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == "/"


def test_who_is_in_is_sent_nowhere_else_either(client: Client, ada: User) -> None:
    client.force_login(ada)

    assert client.get("/sign-in/?next=//evil.example")["Location"] == "/"
    assert client.get("/sign-in/?next=/account/")["Location"] == "/account/"


# --- guessing


def guess_once_too_often() -> Any:
    while (answer := sign_in(Client(), "wrong", at=AWAY)).status_code != 429:
        pass
    return answer


def guess(times: int, *, at: str = AWAY, name: str = "ada") -> list[int]:
    return [sign_in(Client(), "wrong", name=name, at=at).status_code for _try in range(times)]


def test_guessing_gets_slow_and_says_for_how_long(client: Client, ada: User) -> None:
    assert guess(6) == [422] * 5 + [429]

    answer = sign_in(client, at=AWAY)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert "Too many tries. Wait" in answer.content.decode()


def test_the_right_password_is_not_judged_either_while_there_is_a_wait(client: Client, ada: User) -> None:
    guess(8)

    sign_in(client, at=AWAY)

    assert not is_in(client)


def test_the_owner_still_gets_in_from_elsewhere(client: Client, ada: User) -> None:
    guess(12)

    assert sign_in(client, at=HOME).status_code == 302
    assert is_in(client)


def test_many_names_from_one_address_get_slow_too(ada: User) -> None:
    answers = [sign_in(Client(), "wrong", name=f"name{n}", at=AWAY).status_code for n in range(31)]

    assert answers == [422] * 30 + [429]
    assert sign_in(Client(), at=HOME).status_code == 302


def test_somebody_of_the_house_does_not_free_the_guesser_beside_them(ada: User) -> None:
    a_person("bob")
    guess(5)

    sign_in(Client(), name="bob", at=AWAY)

    assert guess(1) == [429]


def test_capitals_are_no_second_chance(ada: User) -> None:
    guess(5)

    assert guess(1, name="ADA") == [429]


def test_an_attacker_with_a_network_of_ipv6_has_one_address(ada: User) -> None:
    for host in range(5):
        guess(1, at=f"2001:db8:1:2::{host}")

    assert guess(1, at="2001:db8:1:2::ffff") == [429]


def test_the_wait_passes(client: Client, ada: User, clock: Clock) -> None:
    wait = int(guess_once_too_often()["Retry-After"])

    clock.pass_by(wait)

    assert sign_in(client, at=AWAY).status_code == 302


def test_the_longest_wait_for_one_account_is_a_minute(ada: User, clock: Clock) -> None:
    for _round in range(12):
        clock.pass_by(int(guess_once_too_often()["Retry-After"]))

    assert int(guess_once_too_often()["Retry-After"]) == 60


def test_success_is_forgiven(ada: User) -> None:
    guess(4, at=HOME)
    sign_in(Client())

    assert guess(5, at=HOME) == [422] * 5


# --- the record


def rows(action: Action) -> list[Decision]:
    return list(Decision.objects.filter(action=action).order_by("id"))


def test_signing_in_is_on_record_with_where_from_and_how(client: Client, ada: User) -> None:
    sign_in(client)

    [row] = rows(Action.SIGN_IN)
    assert (row.home, row.account_id, row.actor, row.outcome) == (None, ada.pk, Actor.PERSON, Outcome.GRANTED)
    assert row.facts == {"address": HOME, "agent": "Firefox/140 Linux", "ways": ["password"]}
    assert wording.decision(row) == f"ada signed in from {HOME} with a password."


def test_a_failure_is_on_record_and_a_try_that_was_not_judged_is_not(ada: User) -> None:
    guess(7)

    found = rows(Action.SIGN_IN)
    assert [(row.outcome, row.subject_name) for row in found] == [(Outcome.REFUSED, "ada")] * 5
    assert wording.decision(found[0]) == f"A try to sign in as ada from {AWAY} failed."


def test_a_name_that_is_nobodys_is_not_kept(ada: User) -> None:
    sign_in(Client(), "x", name=PASSWORD)

    [row] = rows(Action.SIGN_IN)
    assert (row.subject_name, row.account_id) == ("", None)
    assert PASSWORD not in str(vars(row))
    assert wording.decision(row) == f"A try to sign in as Somebody from {HOME} failed."


def test_signing_out_is_on_record_and_ends_the_session(client: Client, ada: User) -> None:
    sign_in(client)

    assert client.post("/sign-out/")["Location"] == "/sign-in/"

    assert not is_in(client)
    assert [row.actor_name for row in rows(Action.SIGN_OUT)] == ["ada"]


def test_a_get_signs_nobody_out(client: Client, ada: User) -> None:
    sign_in(client)

    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)


def test_without_its_record_nobody_is_in(client: Client, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from appliances.services import recording
    from appliances.services.fair_turn import TookTooLong

    def busy(*_args: Any, **_more: Any) -> None:
        raise TookTooLong

    monkeypatch.setattr(recording, "of_person", busy)

    assert sign_in(client).status_code == 503
    assert not is_in(client)


def test_the_forms_token_is_asked_for(ada: User) -> None:
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_the_rules_are_what_the_page_says(ada: User) -> None:
    assert (throttle.ACCOUNT.free, throttle.ADDRESS.free, throttle.FACTOR.free) == (5, 30, 5)
