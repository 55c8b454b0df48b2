"""The second step after the password: an authenticator app's code, or a recovery code."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from appliances.models import Decision, User
from appliances.models.decision import Action, Outcome
from appliances.presentation import wording
from appliances.services import accounts, actor
from tests.builders import NOW, a_person
from tests.web.signing import AWAY, HOME, code_now, give, is_in, recovery_codes, sign_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_nothing_used")]


@pytest.fixture
def ada(db: None) -> User:
    return with_app(a_person("ada"))


def half_way(at: str = HOME) -> Client:
    """A browser that has given the password."""
    client = Client()
    assert sign_in(client, at=at)["Location"] == "/sign-in/second-factor/"
    return client


def a_wrong_code() -> str:
    right = {code_now(step) for step in (-2, -1, 0, 1, 2)}
    return next(code for number in range(10) if (code := f"{number:06}") not in right)


def test_the_password_alone_lets_nobody_in(ada: User) -> None:
    client = half_way()

    assert not is_in(client)
    assert client.get("/admin/")["Location"].startswith("/sign-in/")


def test_the_code_of_the_app_does(ada: User) -> None:
    client = half_way()

    assert give(client, code_now())["Location"] == "/"
    assert is_in(client)


def test_where_one_wanted_to_go_is_not_forgotten_on_the_way(ada: User) -> None:
    client = Client()
    sign_in(client, next="/account/places/")

    assert give(client, code_now())["Location"] == "/account/places/"


def test_a_clock_may_be_half_a_minute_off(ada: User) -> None:
    assert give(half_way(), code_now(-1))["Location"] == "/"
    assert give(half_way(), code_now(-4)).status_code == 422


def test_a_code_lets_in_once_even_in_another_process(ada: User) -> None:
    from django.core.cache import cache

    code = code_now()
    give(half_way(), code)
    cache.clear()

    answer = give(half_way(), code)

    assert answer.status_code == 422
    assert "used already" in answer.content.decode()


def test_each_recovery_code_lets_in_once(ada: User) -> None:
    first, second, *_rest = recovery_codes(ada)

    assert give(half_way(), first).status_code == 302
    assert give(half_way(), first).status_code == 422
    assert give(half_way(), f"{second[:4]} {second[4:]}").status_code == 302


def test_guessing_codes_gets_slow_and_giving_the_password_again_does_not_help(ada: User) -> None:
    wrong = a_wrong_code()

    answers = [give(half_way(AWAY), wrong, at=AWAY).status_code for _try in range(6)]

    assert answers == [422] * 5 + [429]
    assert give(half_way(AWAY), code_now(), at=AWAY).status_code == 429


def test_the_owner_still_gets_in_from_elsewhere(ada: User) -> None:
    for _try in range(6):
        give(half_way(AWAY), a_wrong_code(), at=AWAY)

    assert give(half_way(), code_now()).status_code == 302


def test_both_steps_are_one_decision(ada: User) -> None:
    give(half_way(), code_now())

    [row] = Decision.objects.filter(action=Action.SIGN_IN)
    assert row.facts["ways"] == ["password", "totp"]
    assert wording.decision(row) == f"ada signed in from {HOME} with a password and an authenticator app."


def test_a_wrong_code_is_on_record(ada: User) -> None:
    give(half_way(), a_wrong_code())

    [row] = Decision.objects.filter(action=Action.SIGN_IN)
    assert (row.outcome, row.account_id) == (Outcome.REFUSED, ada.pk)
    assert wording.decision(row) == f"A wrong code was given to sign in as ada from {HOME}."


def test_a_new_password_ends_a_sign_in_that_is_half_way(ada: User) -> None:
    client = half_way()
    accounts.set_password(user_id=ada.pk, password="a quiet kettle sings", by=actor.SYSTEM, now=NOW)

    assert give(client, code_now())["Location"] == "/sign-in/"
    assert not is_in(client)


def test_so_does_switching_the_account_off(ada: User) -> None:
    client = half_way()
    accounts.change(user_id=ada.pk, wanted={"is_active": False}, by=actor.SYSTEM, now=NOW)

    assert give(client, code_now())["Location"] == "/sign-in/"


def test_who_has_no_second_factor_any_more_may_begin_again(ada: User) -> None:
    client = half_way()
    accounts.remove_factors(user_id=ada.pk, by=actor.SYSTEM, now=NOW)

    answer = client.get("/sign-in/second-factor/", follow=True)

    assert answer.redirect_chain == [("/sign-in/", 302)]
    assert sign_in(client)["Location"] == "/"


def test_the_secret_is_not_readable_in_the_database(ada: User) -> None:
    kept = Authenticator.objects.filter(user=ada).values_list("data", flat=True)

    assert "JBSWY3DPEHPK3PXP" not in str(list(kept))


def test_another_secret_key_says_what_to_do(ada: User) -> None:
    client = half_way()
    Authenticator.objects.filter(type="totp").update(data={"secret": "sealed with another key"})

    answer = give(client, code_now())

    assert answer.status_code == 422
    assert "resetpassword --without-second-factor" in answer.content.decode()


def test_the_administration_asks_for_it_too(ada: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    client = Client()
    sign_in(client, next="/admin/")
    assert client.get("/admin/")["Location"].startswith("/sign-in/")

    give(client, code_now())

    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "credential", ["{}", "[]", "1", '"x"', "null", '{"id": 1}', "no json", '{"id":"a","rawId":"a"}']
)
@pytest.mark.parametrize("path", ["/sign-in/second-factor/", "/sign-in/passkey/"])
def test_what_is_no_passkey_is_refused_in_peace(ada: User, path: str, credential: str) -> None:
    client = half_way()
    client.get("/sign-in/second-factor/")

    assert client.post(path, {"credential": credential}, REMOTE_ADDR=HOME).status_code == 422
    assert not is_in(client)


def test_asking_for_the_question_of_a_passkey_is_a_try(ada: User) -> None:
    answers = [Client().post("/sign-in/passkey/", REMOTE_ADDR=AWAY).status_code for _try in range(31)]

    assert answers == [200] * 30 + [429]
