"""The controller's page and the banner that says when none runs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appliances.models import Appliance, Heartbeat
from appliances.services import actor, controlling, tending
from tests.builders import a_limit, a_person

PAGE = "/homes/harbour-flat/controller/"


def set_mode(flat: dict[str, Any], mode: str) -> None:
    controlling.set_mode(home_id=flat["home"].pk, mode=mode, by=actor.SYSTEM, now=timezone.now())


@pytest.mark.parametrize("mode", ["observing", "armed"])
def test_an_owner_changes_the_mode(browser: Client, flat: dict[str, Any], mode: str) -> None:
    assert browser.post(PAGE, {"mode": mode})["Location"] == PAGE

    assert controlling.of(flat["home"]).mode == mode
    shown = browser.get("/homes/harbour-flat/").content.decode()
    assert f"mode-{mode}" in shown


def test_nonsense_is_refused(browser: Client, flat: dict[str, Any]) -> None:
    assert browser.post(PAGE, {"mode": "reckless"}).status_code == 400
    assert controlling.of(flat["home"]).mode == "off"


@pytest.mark.parametrize("role", ["member", "guest", "viewer"])
def test_others_see_it_and_change_nothing(client: Client, flat: dict[str, Any], role: str) -> None:
    client.force_login(a_person(home=flat["home"], role=role))

    shown = client.get(PAGE).content.decode()

    assert shown.count(" disabled") == 3
    assert "An owner can change it." in shown
    assert client.post(PAGE, {"mode": "armed"}).status_code == 403


def test_observing_says_what_it_would_have_done(browser: Client, flat: dict[str, Any]) -> None:
    set_mode(flat, "observing")
    Appliance.objects.filter(pk=flat["heater"].pk).update(may_be_shed=True)
    a_limit(flat["home"], 3000)

    tending.tick(timezone.now())
    shown = browser.get(PAGE).content.decode()

    assert "Would have acted 1 time in the last week." in shown
    assert "Would have switched Heater off" in shown
    flat["heater"].refresh_from_db()
    assert flat["heater"].is_on


def test_it_says_when_it_last_ran(browser: Client, flat: dict[str, Any]) -> None:
    assert "No controller has run yet." in browser.get(PAGE).content.decode()
    now = timezone.now()

    tending.tick(now)

    assert f"It last ran at {now:%H:%M}." in browser.get(PAGE).content.decode()


def test_a_controller_that_is_silent_is_said_everywhere(browser: Client, flat: dict[str, Any]) -> None:
    set_mode(flat, "armed")
    died_at = timezone.now() - timedelta(minutes=5)
    Heartbeat.objects.create(pk=1, ran_at=died_at)

    for path in (PAGE, "/homes/harbour-flat/", "/homes/harbour-flat/board/"):
        shown = browser.get(path).content.decode()
        assert "The controller has not run since" in shown, path
        assert "Refusals and the limits still hold." in shown, path


def test_one_that_is_off_is_missed_by_nobody(browser: Client, flat: dict[str, Any]) -> None:
    Heartbeat.objects.create(pk=1, ran_at=timezone.now() - timedelta(days=5))

    assert "has not run since" not in browser.get("/homes/harbour-flat/").content.decode()


def test_a_page_of_an_armed_home_costs_one_query_more(
    browser: Client, flat: dict[str, Any], django_assert_num_queries: Any
) -> None:
    set_mode(flat, "armed")
    browser.get("/homes/harbour-flat/")

    with django_assert_num_queries(9):
        browser.get("/homes/harbour-flat/")
