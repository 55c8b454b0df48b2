"""Temporary limits: set for a while, seen above everything, lifted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from appliances.models import Home, TemporaryLimit
from tests.builders import a_limit, a_person, main_of
from tests.presentation import markup
from tests.web.conftest import HTMX

ADD = "/homes/harbour-flat/limits/add/"


def fields(flat: dict[str, Any], **changed: Any) -> dict[str, Any]:
    given = {"circuit": main_of(flat["home"]).pk, "limit": "4200", "begins": "now", "lasts": "120", "source": "grid"}
    return {**given, "reason": "", "starts_at": "", "ends_at": "", **changed}


def page(browser: Client) -> str:
    return browser.get("/homes/harbour-flat/").content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_one_is_set_for_two_hours(browser: Client, flat: dict[str, Any], headers: dict[str, str]) -> None:
    answer = browser.post(ADD, fields(flat), headers=headers)

    made = TemporaryLimit.objects.get()
    assert answer.status_code == (200 if headers else 302)
    assert made.limit == 4200
    assert made.ends_at - made.starts_at == timedelta(hours=2)


def test_times_are_those_of_the_home(browser: Client, flat: dict[str, Any]) -> None:
    Home.objects.update(timezone="America/New_York")
    day = (timezone.now() + timedelta(days=2)).astimezone(ZoneInfo("America/New_York")).date()
    given = fields(flat, begins="later", starts_at=f"{day}T18:00", lasts="until", ends_at=f"{day}T20:30")

    assert browser.post(ADD, given).status_code == 302

    made = TemporaryLimit.objects.get()
    noon = datetime(day.year, day.month, day.day, 18, tzinfo=ZoneInfo("America/New_York"))
    assert made.starts_at == noon.astimezone(UTC)
    assert made.ends_at - made.starts_at == timedelta(hours=2, minutes=30)
    assert "18:00" in page(browser)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("limit", {"limit": ""}),
        ("limit", {"limit": "-1"}),
        ("limit", {"limit": "0.0001"}),
        ("starts_at", {"begins": "later"}),
        ("ends_at", {"lasts": "until"}),
        ("ends_at", {"lasts": "until", "ends_at": "2020-01-01T10:00"}),
        ("lasts", {"lasts": "9999"}),
        ("circuit", {"circuit": "0"}),
        ("source", {"source": "the moon"}),
    ],
)
def test_a_wrong_field_is_named(browser: Client, flat: dict[str, Any], name: str, changed: dict[str, str]) -> None:
    answer = browser.post(ADD, fields(flat, **changed), headers=HTMX)

    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    assert not TemporaryLimit.objects.exists()


def test_the_banner_says_what_how_low_and_until_when(browser: Client, flat: dict[str, Any]) -> None:
    made = a_limit(flat["home"], 4200)

    shown = page(browser)

    assert (
        f"Main: Grid limit, 4\u202f200\u202fW until {made.ends_at:%H:%M}" in shown or f"{made.ends_at:%H:%M}" in shown
    )
    assert "Its own limit is 5\u202f000\u202fW." in shown
    assert f'href="/limits/{made.pk}/lift/"' in shown
    assert "its own limit is 5 000 W" in text_of(shown, "meter")


def test_one_to_come_says_from_when_and_binds_nothing_yet(browser: Client, flat: dict[str, Any]) -> None:
    a_limit(flat["home"], 1000, in_hours=3)

    shown = page(browser)

    assert "From " in text_of(shown, "limits")
    assert "of 5 000 W" in text_of(shown, "meter")
    assert "Over the limit" not in shown


def test_a_load_above_the_limit_is_too_much_not_less_than_nothing(browser: Client, flat: dict[str, Any]) -> None:
    a_limit(flat["home"], 3000)

    shown = markup.parse(page(browser))

    meter = markup.find(shown, "meter")
    assert meter is not None
    said = words(meter)
    assert "900 W" in said
    assert "too much" in said
    assert "-900" not in said
    assert "Over the limit" in said
    gauge = next(node for node in markup.every(meter) if node[1].get("role") == "meter")
    assert gauge[1]["aria-valuenow"] == gauge[1]["aria-valuemax"] == "3000"
    assert gauge[1]["aria-valuetext"] == "3900 watts of 3000, 900 watts too much"
    widths = [float(node[1]["width"][:-1]) for node in markup.every(meter) if node[1].get("width", "").endswith("%")]
    assert max(widths) <= 100


def test_an_overload_calls_for_a_person_and_names_one_tap(browser: Client, flat: dict[str, Any]) -> None:
    a_limit(flat["home"], 3000)

    alarm = markup.find(markup.parse(page(browser)), "overload")

    assert alarm is not None
    assert alarm[1]["role"] == "alert"
    assert "Main: 900 W too much" in words(alarm)
    assert "please switch something off" in words(alarm)
    taps = [node for node in markup.every(alarm) if node[0] == "button"]
    assert taps
    assert all(tap[1]["value"] == "false" for tap in taps)


def test_a_limit_is_lifted_after_asking(browser: Client, flat: dict[str, Any]) -> None:
    made = a_limit(flat["home"], 4200)
    url = f"/limits/{made.pk}/lift/"

    assert "Lift the limit of Main?" in browser.get(url).content.decode()
    assert browser.post(url)["Location"] == "/homes/harbour-flat/"

    assert not TemporaryLimit.objects.exists()
    assert browser.get(url).status_code == 404


def test_who_may_not_configure_sees_it_and_lifts_nothing(client: Client, flat: dict[str, Any]) -> None:
    a_limit(flat["home"], 3000)
    client.force_login(a_person(home=flat["home"], role="viewer"))

    shown = page(client)

    assert "Grid limit" in shown
    assert "/lift/" not in shown
    assert "relief-" not in shown
    assert client.get(ADD).status_code == 403


def words(node: Any) -> str:
    return " ".join(words(one) if isinstance(one, list) else one for one in node[2])


def text_of(html: str, element_id: str) -> str:
    found = markup.find(markup.parse(html), element_id)
    assert found is not None
    return words(found)
