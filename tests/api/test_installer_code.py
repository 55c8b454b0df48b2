"""The installer code over the API: in a header, asked for by what raises a limit or changes circuits."""

from typing import Any

import pytest
from django.test import Client

from appliances.api import document
from appliances.presentation import problems
from tests.api.conftest import ROOT, Caller, Flat
from tests.builders import a_circuit, an_installer_code, confirm

CODE = "red screwdriver"
ASKING = {"change_home", "add_circuit", "change_circuit", "remove_circuit"}


@pytest.fixture
def coded(flat: Flat) -> Flat:
    an_installer_code(flat.home, CODE)
    return flat


def requests_of(flat: Flat) -> list[tuple[str, str, Any]]:
    pantry = a_circuit(flat.home, "Pantry")
    return [
        ("patch", "/homes/harbour-flat", {"limit_watts": 6000}),
        ("post", "/homes/harbour-flat/circuits", {"name": "Garage", "limit_watts": 100}),
        ("patch", f"/circuits/{flat.kitchen.pk}", {"limit_watts": 3700}),
        ("delete", f"/circuits/{pantry.pk}", None),
    ]


def test_without_it_nothing_is_changed_and_with_it_everything(api: Caller, coded: Flat) -> None:
    for method, path, body in requests_of(coded):
        answer = api.ask(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "installer_code_required"), path
        answer = api.ask(method, path, body, Installer_Code="a guess")
        assert (answer.status_code, answer.json()["code"]) == (403, "installer_code_required"), path

        assert api.ask(method, path, body, Installer_Code=CODE).status_code < 300, path


def test_a_rehearsal_asks_for_it_too(api: Caller, coded: Flat) -> None:
    body = {"limit_watts": 6000}

    assert api.ask("patch", "/homes/harbour-flat?dry_run=true", body).status_code == 403
    assert api.ask("patch", "/homes/harbour-flat?dry_run=true", body, Installer_Code=CODE).status_code == 200


def test_too_many_guesses_say_when_to_come_again(api: Caller, coded: Flat) -> None:
    for _ in range(5):
        api.ask("patch", "/homes/harbour-flat", {"limit_watts": 6000}, Installer_Code="a guess")

    answer = api.ask("patch", "/homes/harbour-flat", {"limit_watts": 6000}, Installer_Code=CODE)

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert int(answer["Retry-After"]) >= 1


def test_the_document_names_the_header_where_it_counts_and_nowhere_else() -> None:
    named = {
        operation["operationId"]
        for path in document.document()["paths"].values()
        for operation in path.values()
        if any(one["name"] == "Installer-Code" for one in operation["parameters"])
    }

    assert named == ASKING


def test_the_document_tells_of_every_guard() -> None:
    told = {
        operation["operationId"]: str(operation["responses"])
        for path in document.document()["paths"].values()
        for operation in path.values()
    }

    for kind in problems.GUARDED:
        for operation in ("change_home", "change_circuit"):
            assert f"`{kind.code}`" in told[operation]
    for kind in problems.CODED:
        assert all(f"`{kind.code}`" in told[operation] for operation in ASKING)


def test_a_session_shows_first_that_it_is_they_and_a_token_has_done_so(api: Caller, flat: Flat) -> None:
    browser = Client()
    browser.force_login(flat.owner)

    def raise_it(by: Client) -> Any:
        return by.patch(f"{ROOT}/homes/harbour-flat", {"limit_watts": 6000}, content_type="application/json")

    answer = raise_it(browser)
    assert (answer.status_code, answer.json()["code"]) == (403, "confirmation_required")
    confirm(browser, flat.owner)
    assert raise_it(browser).status_code == 200
    assert api.ask("patch", "/homes/harbour-flat", {"limit_watts": 7000}).status_code == 200
