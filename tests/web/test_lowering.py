"""A limit lowered below its load: refused with a preview, done with exactly that preview."""

from typing import Any

import pytest
from django.test import Client

from appliances.models import Appliance, Circuit
from tests.builders import main_of, turn_off
from tests.web.conftest import HTMX


@pytest.fixture
def sheddable(flat: dict[str, Any]) -> dict[str, Any]:
    Appliance.objects.filter(pk__in=[flat["heater"].pk, flat["oven"].pk]).update(may_be_shed=True)
    return flat


def home_fields(flat: dict[str, Any], **changed: Any) -> dict[str, Any]:
    given = {"name": "Harbour flat", "limit": "3000", "warning_percent": 80, "critical_percent": 95}
    return {**given, "nominal_voltage": 230, "timezone": "UTC", **changed}


def circuit_fields(flat: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"name": "Kitchen", "limit": "1000", "parent": main_of(flat["home"]).pk, **changed}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_the_preview_names_what_would_be_switched_off(
    browser: Client, sheddable: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = browser.post("/homes/harbour-flat/edit/", home_fields(sheddable), headers=headers)

    assert answer.status_code == 403
    preview = answer.context["preview"]
    assert [one["name"] for one in preview.lines]
    assert f'name="shed" value="{preview.ids}"' in answer.content.decode()
    assert main_of(sheddable["home"]).limit == 5000


def test_the_second_button_does_exactly_that(browser: Client, sheddable: dict[str, Any]) -> None:
    url = f"/circuits/{sheddable['kitchen'].pk}/edit/"
    preview = browser.post(url, circuit_fields(sheddable)).context["preview"]

    answer = browser.post(url, circuit_fields(sheddable, shed=preview.ids))

    assert answer.status_code == 302
    assert Circuit.objects.get(pk=sheddable["kitchen"].pk).limit == 1000
    sheddable["oven"].refresh_from_db()
    sheddable["heater"].refresh_from_db()
    assert not sheddable["oven"].is_on
    assert sheddable["heater"].is_on


def test_a_preview_that_is_no_longer_right_is_shown_anew(browser: Client, sheddable: dict[str, Any]) -> None:
    url = "/homes/harbour-flat/edit/"
    preview = browser.post(url, home_fields(sheddable, limit="2000")).context["preview"]
    turn_off(sheddable["heater"])

    answer = browser.post(url, home_fields(sheddable, limit="2000", shed=f"{preview.ids},{sheddable['heater'].pk}"))

    assert answer.status_code == 409
    assert answer.context["preview"].ids == str(sheddable["oven"].pk)
    assert "By now, other appliances" in answer.content.decode()
    assert main_of(sheddable["home"]).limit == 5000


def test_where_nothing_may_be_switched_off_there_is_no_second_button(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.post("/homes/harbour-flat/edit/", home_fields(flat), headers=HTMX)

    assert answer.status_code == 403
    assert answer.context["preview"] is None
    assert 'name="shed"' not in answer.content.decode()
