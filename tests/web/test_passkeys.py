"""Passkeys: made by who is signed in, and then the way in by themselves."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from appliances.models import Decision, User
from appliances.models.decision import Action, Outcome
from appliances.presentation import wording
from appliances.services import accounts, actor
from tests.builders import NOW, a_person
from tests.web.passkeys import FOR_THE_BROWSER, Device
from tests.web.signing import HOME, PASSWORD, is_in, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def ada(db: None) -> User:
    return a_person("ada")


@pytest.fixture
def device(ada: User) -> Device:
    """One with a passkey of hers."""
    laptop, device = a_browser(), Device()
    sign_in(laptop)
    question = laptop.get("/account/passkeys/add/").context["question"]
    answer = laptop.post("/account/passkeys/add/", {"name": "Laptop", "credential": device.make(question)})
    assert answer.status_code == 302
    return device


def a_browser() -> Client:
    return Client(**FOR_THE_BROWSER, REMOTE_ADDR=HOME)


def question_for(client: Client) -> Any:
    return json.loads(client.post("/sign-in/passkey/").content)


def test_it_signs_in_without_a_name_or_a_password(device: Device) -> None:
    client = a_browser()

    answer = client.post("/sign-in/passkey/", {"credential": device.sign(question_for(client)), "next": "/account/"})

    assert answer["Location"] == "/account/"
    assert is_in(client)


def test_and_is_on_record(device: Device) -> None:
    client = a_browser()
    client.post("/sign-in/passkey/", {"credential": device.sign(question_for(client))})

    row = Decision.objects.filter(action=Action.SIGN_IN).latest("id")
    assert wording.decision(row) == f"ada signed in from {HOME} with a passkey."
    assert Decision.objects.filter(action=Action.ADD_FACTOR).count() == 1


def test_it_asks_for_more_than_that_the_device_is_there(ada: User) -> None:
    laptop = a_browser()
    sign_in(laptop)

    asked = laptop.get("/account/passkeys/add/").context["question"]["publicKey"]["authenticatorSelection"]

    assert (asked["userVerification"], asked["residentKey"]) == ("required", "required")


def test_an_answer_counts_once(device: Device) -> None:
    client = a_browser()
    credential = device.sign(question_for(client))
    client.post("/sign-in/passkey/", {"credential": credential})
    client.post("/sign-out/")

    assert client.post("/sign-in/passkey/", {"credential": credential}).status_code == 422


def test_an_answer_to_another_question_is_none(device: Device) -> None:
    client, other = a_browser(), a_browser()
    question_for(client)

    answer = client.post("/sign-in/passkey/", {"credential": device.sign(question_for(other))})

    assert answer.status_code == 422
    assert not is_in(client)
    row = Decision.objects.filter(action=Action.SIGN_IN, outcome=Outcome.REFUSED).get()
    assert (row.account_id, wording.decision(row)) == (None, f"A passkey from {HOME} was not accepted.")


def test_a_device_nobody_knows_is_refused(device: Device) -> None:
    client, stranger = a_browser(), Device()
    stranger.user_handle = device.user_handle

    assert client.post("/sign-in/passkey/", {"credential": stranger.sign(question_for(client))}).status_code == 422


def test_who_was_switched_off_does_not_get_in(device: Device, ada: User) -> None:
    accounts.change(user_id=ada.pk, wanted={"is_active": False}, by=actor.SYSTEM, now=NOW)
    client = a_browser()

    assert client.post("/sign-in/passkey/", {"credential": device.sign(question_for(client))}).status_code == 422


def test_a_removed_one_does_not_sign_in(device: Device) -> None:
    Authenticator.objects.all().delete()
    client = a_browser()

    assert client.post("/sign-in/passkey/", {"credential": device.sign(question_for(client))}).status_code == 422


def test_it_is_a_second_step_too(device: Device) -> None:
    client = a_browser()
    sign_in(client)
    question = client.get("/sign-in/second-factor/").context["js_data"]["request_options"]

    client.post("/sign-in/second-factor/", {"credential": device.sign(question)})

    assert is_in(client)


def test_it_confirms(device: Device) -> None:
    client = a_browser()
    client.post("/sign-in/passkey/", {"credential": device.sign(question_for(client))})
    question = client.get("/account/confirm/passkey/?next=/account/").context["js_data"]["request_options"]

    given = {"credential": device.sign(question), "next": "/account/"}
    assert client.post("/account/confirm/passkey/", given)["Location"] == "/account/"

    row = Decision.objects.get(action=Action.CONFIRM)
    assert wording.decision(row) == "ada confirmed with a passkey that it is they."


def test_confirming_with_what_is_none_gets_slow(device: Device) -> None:
    client = a_browser()
    client.post("/sign-in/passkey/", {"credential": device.sign(question_for(client))})

    answers = [client.post("/account/confirm/passkey/", {"credential": '{"id": 1}'}).status_code for _try in range(6)]

    assert answers == [422] * 5 + [429]


def test_asking_costs_nothing_once_it_is_answered(device: Device) -> None:
    for _sign_in in range(20):
        client = a_browser()
        client.post("/sign-in/passkey/", {"credential": device.sign(question_for(client))})

    assert is_in(client)
    assert sign_in(a_browser(), PASSWORD).status_code == 302
