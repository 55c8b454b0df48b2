"""The installer code on pages: set, changed and dropped by owners, and asked for by every form that it guards."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appliances.models import Decision
from appliances.models.decision import Action
from tests.builders import a_circuit, an_installer_code, confirm, main_of
from tests.web.conftest import HTMX

CODE = "red screwdriver"
SETTING = "/homes/harbour-flat/installer-code/"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])


@pytest.fixture
def sure(browser: Client, flat: dict[str, Any]) -> Client:
    confirm(browser, flat["owner"])
    return browser


@pytest.fixture
def coded(sure: Client, flat: dict[str, Any]) -> dict[str, Any]:
    an_installer_code(flat["home"], CODE)
    return flat


def home_fields(flat: dict[str, Any], limit: str) -> dict[str, Any]:
    given = {"name": "Harbour flat", "limit": limit, "warning_percent": 80, "critical_percent": 95}
    return {**given, "nominal_voltage": 230, "timezone": "UTC"}


def circuit_fields(flat: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"name": "Kitchen", "limit": "3600", "parent": main_of(flat["home"]).pk, **changed}


Form = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]
GUARDED: dict[str, Form] = {
    "raise the home": lambda flat: ("/homes/harbour-flat/edit/", home_fields(flat, "6000")),
    "raise a circuit": lambda flat: (
        reverse("circuit_edit", args=[flat["kitchen"].pk]),
        circuit_fields(flat, limit="3700"),
    ),
    "move a circuit": lambda flat: (
        reverse("circuit_edit", args=[flat["kitchen"].pk]),
        circuit_fields(flat, parent=a_circuit(flat["home"], "Pantry", limit_watts=4000).pk),
    ),
    "add a circuit": lambda flat: ("/homes/harbour-flat/circuits/add/", circuit_fields(flat, name="Garage")),
    "remove a circuit": lambda flat: (reverse("circuit_delete", args=[a_circuit(flat["home"], "Pantry").pk]), {}),
}


@BOTH
@pytest.mark.parametrize("form", GUARDED.values(), ids=GUARDED)
def test_a_form_asks_for_it_and_keeps_everything(
    sure: Client, coded: dict[str, Any], form: Form, headers: dict[str, str]
) -> None:
    url, given = form(coded)
    before = Decision.objects.count()

    answer = sure.post(url, given, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'name="installer_code"' in page
    assert all(f'value="{given[name]}"' in page for name in {"name", "limit"} & given.keys())

    wrong = sure.post(url, {**given, "installer_code": "a guess"}, headers=headers)
    assert wrong.status_code == 403
    assert "A wrong installer code was given." in wrong.content.decode()

    assert sure.post(url, {**given, "installer_code": CODE}, headers=headers).status_code == (200 if headers else 302)
    assert Decision.objects.count() == before + 2, "the wrong one and the change"


@BOTH
def test_both_may_be_asked_for_at_once(browser: Client, flat: dict[str, Any], headers: dict[str, str]) -> None:
    an_installer_code(flat["home"], CODE)
    given = {**home_fields(flat, "6000"), "installer_code": CODE}

    page = browser.post("/homes/harbour-flat/edit/", given, headers=headers).content.decode()
    assert 'name="confirm_password"' in page
    assert 'name="installer_code"' in page

    browser.post("/homes/harbour-flat/edit/", {**given, "confirm_password": "correct horse battery"}, headers=headers)
    assert main_of(flat["home"]).limit == 6000


def test_after_too_many_guesses_the_form_says_how_long_to_wait(sure: Client, coded: dict[str, Any]) -> None:
    given = {**home_fields(coded, "6000"), "installer_code": "a guess"}
    for _ in range(5):
        sure.post("/homes/harbour-flat/edit/", given)

    answer = sure.post("/homes/harbour-flat/edit/", {**given, "installer_code": CODE})

    assert answer.status_code == 429
    assert "Too many tries. Wait" in answer.content.decode()
    assert main_of(coded["home"]).limit == 5000


@BOTH
def test_it_is_set(sure: Client, flat: dict[str, Any], headers: dict[str, str]) -> None:
    answer = sure.post(SETTING, {"code": CODE}, headers=headers)

    assert answer.status_code == (200 if headers else 302)
    flat["home"].refresh_from_db()
    assert flat["home"].installer_code
    assert Decision.objects.filter(action=Action.CHANGE_CODE).count() == 1


def test_setting_it_needs_a_confirmation(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.post(SETTING, {"code": CODE})

    assert answer.status_code == 403
    assert 'name="confirm_password"' in answer.content.decode()
    assert f'value="{CODE}"' in answer.content.decode()


def test_a_short_one_says_so(sure: Client) -> None:
    assert sure.post(SETTING, {"code": "short"}).status_code == 422


def test_changing_it_needs_the_old_one(sure: Client, coded: dict[str, Any]) -> None:
    assert 'name="installer_code"' in sure.get(SETTING).content.decode()

    assert sure.post(SETTING, {"code": "another code"}).status_code == 403
    assert sure.post(SETTING, {"code": "another code", "installer_code": "a guess"}).status_code == 403
    assert sure.post(SETTING, {"code": "another code", "installer_code": CODE}).status_code == 302


def test_asking_no_more_needs_the_old_one(sure: Client, coded: dict[str, Any]) -> None:
    url = f"{SETTING}remove/"

    assert sure.post(url).status_code == 403
    assert sure.post(url, {"installer_code": CODE}).status_code == 302

    coded["home"].refresh_from_db()
    assert coded["home"].installer_code == ""
    assert sure.get(url).status_code == 404


def test_the_homes_settings_lead_there(browser: Client) -> None:
    assert SETTING in browser.get("/homes/harbour-flat/edit/").content.decode()


def test_no_page_carries_the_hash(sure: Client, coded: dict[str, Any]) -> None:
    coded["home"].refresh_from_db()
    kept = coded["home"].installer_code

    for path in ("/homes/harbour-flat/", "/homes/harbour-flat/edit/", SETTING):
        assert kept not in sure.get(path).content.decode()
