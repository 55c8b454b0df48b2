"""A database that is away, full or read-only: 503 with Retry-After at every door of a browser, and never a 500."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError
from django.test import Client

from appliances.interlock import guard
from appliances.interlock.guard import InterlockMissing
from appliances.models import Appliance, User
from appliances.presentation import snapshot
from appliances.services import switching

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(browser: Client) -> Client:
    browser.raise_request_exception = False
    return browser


def fails_with(why: Exception) -> Any:
    def fail(*_args: Any, **_more: Any) -> Any:
        raise why

    return fail


@pytest.mark.parametrize(
    "why", [OperationalError("the connection is closed"), InterfaceError("connection already closed")]
)
def test_a_page_that_cannot_be_read_says_when_to_ask_again(
    browser: Client, monkeypatch: pytest.MonkeyPatch, why: Exception
) -> None:
    monkeypatch.setattr(snapshot, "read", fails_with(why))

    answer = browser.get("/homes/harbour-flat/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "The database does not answer" in answer.content.decode()
    assert str(why) not in answer.content.decode()


@pytest.mark.parametrize("path", ["/homes/harbour-flat/", "/admin/", "/account/"])
def test_so_does_one_that_does_not_get_as_far_as_its_view(
    browser: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(SessionStore, "load", fails_with(OperationalError("unable to open database file")))

    answer = browser.get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_a_command_that_cannot_be_written_is_no_success_and_no_fault(
    browser: Client, monkeypatch: pytest.MonkeyPatch, flat: dict[str, Any]
) -> None:
    monkeypatch.setattr(switching, "switch", fails_with(OperationalError("database or disk is full")))

    answer = browser.post(f"/appliances/{flat['kettle'].pk}/switch/", {"is_on": "true"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_without_the_interlock_a_command_is_told_that_nothing_is_granted(
    browser: Client, monkeypatch: pytest.MonkeyPatch, flat: dict[str, Any]
) -> None:
    monkeypatch.setattr(guard, "assert_intact", fails_with(InterlockMissing(["a trigger is missing"])))

    answer = browser.post(f"/appliances/{flat['kettle'].pk}/switch/", {"is_on": "true"})

    assert answer.status_code == 503
    assert "nothing is granted" in answer.content.decode()
    assert not Appliance.objects.get(pk=flat["kettle"].pk).is_on


def test_in_the_administration_too(browser: Client, monkeypatch: pytest.MonkeyPatch, flat: dict[str, Any]) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    monkeypatch.setattr(switching, "switch", fails_with(OperationalError("attempt to write a readonly database")))
    chosen = {"action": "switch_on", "_selected_action": [flat["kettle"].pk]}

    answer = browser.post("/admin/appliances/appliance/", chosen)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_a_fault_stays_a_fault(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "read", fails_with(RuntimeError("a bug")))

    answer = browser.get("/homes/harbour-flat/")

    assert answer.status_code == 500
    assert "Something failed" in answer.content.decode()
