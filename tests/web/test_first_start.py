"""The first start: one welcome, for whoever reads the terminal."""

from typing import Any

import pytest
from django.test import Client

from appliances.models import Circuit, Decision, Home, User
from appliances.models.decision import Action
from appliances.services import setup
from tests.web.conftest import Clock

pytestmark = pytest.mark.django_db


def given(**changed: Any) -> dict[str, Any]:
    return {
        "setup_code": setup.setup_code(),
        "username": "ada",
        "password1": "a long enough phrase",
        "password2": "a long enough phrase",
        "home_name": "Harbour flat",
        "limit_mode": "watts",
        "limit_watts": "5000",
        "sample_home": "on",
        **changed,
    }


def test_everything_leads_to_the_welcome(client: Client) -> None:
    for path in ("/", "/sign-in/", "/homes/x/", "/nowhere/"):
        assert client.get(path)["Location"] == "/welcome/", path


def test_it_makes_the_owner_the_home_and_signs_in(client: Client) -> None:
    answer = client.post("/welcome/", given(), follow=True)

    assert answer.redirect_chain[-1][0] == "/homes/harbour-flat/"
    assert "Kettle" in answer.content.decode()
    assert User.objects.get().is_superuser


def test_amperes_times_volts_make_the_limit(client: Client) -> None:
    client.post("/welcome/", given(limit_mode="amps", amps="25", volts="230", limit_watts="", sample_home=""))

    assert Circuit.objects.get(parent=None).limit == 5750
    assert Home.objects.get().nominal_voltage == 230


def test_it_works_once(client: Client) -> None:
    client.post("/welcome/", given())

    answer = Client().post("/welcome/", given(username="eve"))

    assert answer["Location"] == "/sign-in/"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("setup_code", "AAAAA-AAAAA"),
        ("setup_code", "ünïcode"),
        ("username", ""),
        ("username", "a b"),
        ("password1", "short"),
        ("password2", "another long phrase"),
        ("limit_watts", "-1"),
        ("limit_watts", "1.00001"),
        ("limit_watts", ""),
        ("home_name", ""),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(client: Client, field: str, bad: str) -> None:
    answer = client.post("/welcome/", given(**{field: bad}))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors or (field, bad) == ("password1", "short")
    assert not User.objects.exists()
    assert not Home.objects.exists()


def test_guessing_the_code_gets_slow(client: Client, clock: Clock) -> None:
    answers = [client.post("/welcome/", given(setup_code=f"AAAAA-AAAA{n}")).status_code for n in "ABCDEFGHIJK"]

    assert answers == [422] * 10 + [429]
    answer = client.post("/welcome/", given())
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert not User.objects.exists()
    assert client.post("/welcome/", given(), REMOTE_ADDR="192.0.2.10").status_code == 302


def test_the_owners_first_sign_in_is_on_record_and_listed(client: Client) -> None:
    client.post("/welcome/", given(), headers={"User-Agent": "Firefox/140 Linux"})

    row = Decision.objects.get(action=Action.SIGN_IN)
    assert (row.actor_name, row.facts["ways"]) == ("ada", ["password"])
    [place] = client.get("/account/places/").context["places"]
    assert (place.name, place.is_here) == ("Firefox on Linux", True)


def test_the_code_may_be_typed_loosely(client: Client) -> None:
    code = setup.setup_code().lower().replace("-", " ")

    assert client.post("/welcome/", given(setup_code=code)).status_code == 302
