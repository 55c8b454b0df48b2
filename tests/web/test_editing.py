"""Adding, changing and removing from the dashboard, in a dialog or on a page of its own."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.services import home as homes
from appliances.services.actor import SYSTEM
from tests.builders import main_of
from tests.services.meanwhile import before_the_answer
from tests.web.conftest import HTMX


def fields(flat: dict[str, Any], **changed: Any) -> dict[str, Any]:
    given = {"name": "Toaster", "rated": "900", "circuit": flat["kitchen"].pk, "kind": "toaster", "rules_of": "toaster"}
    rules = {"may_be_interrupted": "on", "min_on_seconds": "", "min_off_seconds": "", "max_on_seconds": "30 min"}
    return {**given, **rules, "note": "", **changed}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_an_appliance_is_added(browser: Client, flat: dict[str, Any], headers: dict[str, str]) -> None:
    answer = browser.post("/homes/harbour-flat/appliances/add/", fields(flat), headers=headers)

    added = Appliance.objects.get(name="Toaster")
    assert added.rated == 900
    assert not added.is_on
    assert answer.status_code == (200 if headers else 302)
    assert ("voltsafe:done" in answer.headers.get("HX-Trigger", "")) == bool(headers)


def test_a_wrong_field_is_named(browser: Client, flat: dict[str, Any]) -> None:
    bad_ones = {"rated": "0", "name": " kettle ", "kind": "rocket", "circuit": "0", "min_off_seconds": "3 weeks"}
    for name, bad in bad_ones.items():
        answer = browser.post("/homes/harbour-flat/appliances/add/", fields(flat, **{name: bad}), headers=HTMX)
        assert answer.status_code == 422, name
        assert answer.context["form"].errors.keys() == {name}, answer.context["form"].errors


def test_a_fourth_decimal_is_refused_not_rounded(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.post("/homes/harbour-flat/appliances/add/", fields(flat, rated="0.0001"), headers=HTMX)

    assert answer.status_code == 422
    assert "rated" in answer.context["form"].errors


def test_more_watts_than_fit_are_refused_with_the_numbers(browser: Client, flat: dict[str, Any]) -> None:
    url = f"/appliances/{flat['oven'].pk}/edit/"
    answer = browser.post(url, fields(flat, name="Oven", rated="3600", kind="oven"), headers=HTMX)

    assert answer.status_code == 403
    assert "100\u202fW too much" in answer.content.decode()
    flat["oven"].refresh_from_db()
    assert flat["oven"].rated == 2400


def test_saving_without_a_change_records_nothing(browser: Client, flat: dict[str, Any]) -> None:
    before = Decision.objects.count()
    given = fields(flat, name="Oven", rated="2400", kind="other", max_on_seconds="")

    assert browser.post(f"/appliances/{flat['oven'].pk}/edit/", given).status_code == 302

    assert Decision.objects.count() == before


def test_an_appliance_is_removed_after_asking(browser: Client, flat: dict[str, Any]) -> None:
    url = f"/appliances/{flat['oven'].pk}/delete/"
    assert "Remove" in browser.get(url).content.decode()

    browser.post(url)

    assert not Appliance.objects.filter(pk=flat["oven"].pk).exists()
    assert main_of(flat["home"]).load == 1500


def test_a_circuit_in_use_says_what_uses_it(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.post(f"/circuits/{flat['kitchen'].pk}/delete/", headers=HTMX)

    assert answer.status_code == 409
    assert "2 appliances are plugged in at it" in answer.content.decode()


def test_a_circuit_is_added_changed_and_removed(browser: Client, flat: dict[str, Any]) -> None:
    given = {"name": "Garage", "limit": "2300", "parent": main_of(flat["home"]).pk}
    browser.post("/homes/harbour-flat/circuits/add/", given)
    garage = Circuit.objects.get(name="Garage")

    browser.post(f"/circuits/{garage.pk}/edit/", {**given, "limit": "2000.5", "parent": flat["kitchen"].pk})
    garage.refresh_from_db()
    assert (garage.limit, garage.parent) == (Decimal("2000.5"), flat["kitchen"])

    browser.post(f"/circuits/{garage.pk}/delete/")
    assert not Circuit.objects.filter(pk=garage.pk).exists()


def test_a_circuit_cannot_be_fed_from_below_itself(browser: Client, flat: dict[str, Any]) -> None:
    given = {"name": "Worktop", "limit": "2300", "parent": flat["kitchen"].pk}
    browser.post("/homes/harbour-flat/circuits/add/", given)
    worktop = Circuit.objects.get(name="Worktop")

    url = f"/circuits/{flat['kitchen'].pk}/edit/"
    answer = browser.post(url, {"name": "Kitchen", "limit": "3600", "parent": worktop.pk}, headers=HTMX)

    assert answer.status_code == 422
    assert "parent" in answer.context["form"].errors


def test_a_limit_below_the_load_is_refused(browser: Client, flat: dict[str, Any]) -> None:
    given = {"name": "Harbour flat", "limit": "3899.999", "warning_percent": 80, "critical_percent": 95}
    given |= {"nominal_voltage": 230, "timezone": "UTC"}

    answer = browser.post("/homes/harbour-flat/edit/", given, headers=HTMX)

    assert answer.status_code == 403
    assert "0.001\u202fW too much" in answer.content.decode()


def test_thresholds_must_rise(browser: Client, flat: dict[str, Any]) -> None:
    given = {"name": "Harbour flat", "limit": "5000", "warning_percent": 95, "critical_percent": 90}
    given |= {"nominal_voltage": 230, "timezone": "Europe/Nowhere"}

    assert browser.post("/homes/harbour-flat/edit/", given).status_code == 422
    given["timezone"] = "Europe/Berlin"
    answer = browser.post("/homes/harbour-flat/edit/", given)
    assert answer.status_code == 422
    assert "warning_percent" in answer.context["form"].errors


def test_a_second_home_is_added_and_belongs_to_who_added_it(browser: Client, flat: dict[str, Any]) -> None:
    given = {"name": "Harbour flat", "limit": "3000", "warning_percent": 80, "critical_percent": 95}
    given |= {"nominal_voltage": 230, "timezone": "UTC"}

    browser.post("/homes/add/", given)

    made = Home.objects.get(slug="harbour-flat-2")
    assert made.memberships.get().user == flat["owner"]
    assert main_of(made).limit == 3000


def test_a_home_that_is_gone_before_it_is_shown_was_added(
    browser: Client, flat: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"name": "Cabin", "limit": "3000", "warning_percent": 80, "critical_percent": 95}
    given |= {"nominal_voltage": 230, "timezone": "UTC"}

    done = before_the_answer(
        monkeypatch, lambda made: homes.remove(home_id=made.home_id, by=SYSTEM, now=timezone.now())
    )
    answer = browser.post("/homes/add/", given)

    assert answer.status_code == 410
    assert f"It was done, as revision {done[0].revision} of its home," in answer.content.decode()
