"""Switch and swap by POST: fragments for htmx, a redirect without it."""

from typing import Any

from django.test import Client

from appliances.models import Decision
from appliances.services import actor, appliance
from tests.builders import NOW
from tests.presentation import markup
from tests.web.conftest import HTMX


def switch(browser: Client, row: Any, on: str, **headers: Any) -> Any:
    return browser.post(f"/appliances/{row.pk}/switch/", {"is_on": on}, **headers)


def test_htmx_gets_the_fragments_the_switch_touched(browser: Client, flat: dict[str, Any]) -> None:
    answer = switch(browser, flat["oven"], "false", headers=HTMX)

    flat["home"].refresh_from_db()
    ids = {piece[1]["id"] for piece in markup.roots(answer.content.decode())}
    assert answer.status_code == 200
    assert answer["X-VoltSafe-Revision"] == str(flat["home"].revision)
    assert {"meter", "feed", f"appliance-{flat['oven'].pk}", f"circuit-{flat['kitchen'].pk}"} <= ids
    assert f"answer-{flat['oven'].pk}" in ids


def test_without_htmx_it_redirects_to_the_home(browser: Client, flat: dict[str, Any]) -> None:
    answer = switch(browser, flat["oven"], "false")

    assert answer.status_code == 302
    assert answer["Location"] == "/homes/harbour-flat/"


def test_a_refusal_says_in_the_tile_what_and_why_and_how(browser: Client, flat: dict[str, Any]) -> None:
    answer = switch(browser, flat["kettle"], "true", headers=HTMX)

    text = answer.content.decode()
    assert answer.status_code == 403
    assert "Kettle stays off." in text
    assert "1\u202f100\u202fW too much" in text
    assert "Switch off Oven (2\u202f400\u202fW) and start Kettle" in text
    flat["kettle"].refresh_from_db()
    assert not flat["kettle"].is_on


def test_without_htmx_the_refusal_waits_on_the_page(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.post(f"/appliances/{flat['kettle'].pk}/switch/", {"is_on": "true"}, follow=True)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Kettle stays off." in text
    assert "Switch off Oven" in text


def test_a_way_out_is_one_tap(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.post(f"/appliances/{flat['kettle'].pk}/swap/", {"off": str(flat["oven"].pk)}, headers=HTMX)

    assert answer.status_code == 200
    for name in ("kettle", "oven"):
        flat[name].refresh_from_db()
    assert flat["kettle"].is_on
    assert not flat["oven"].is_on


def test_asking_for_what_is_records_nothing(browser: Client, flat: dict[str, Any]) -> None:
    before = Decision.objects.count()

    assert switch(browser, flat["oven"], "true", headers=HTMX).status_code == 200

    assert Decision.objects.count() == before


def test_neither_way_is_a_bad_request(browser: Client, flat: dict[str, Any]) -> None:
    assert switch(browser, flat["oven"], "maybe").status_code == 400
    for off in ("x", "1,y", "-1", "9" * 30, str(flat["kettle"].pk)):
        assert browser.post(f"/appliances/{flat['kettle'].pk}/swap/", {"off": off}).status_code == 400, off


def test_an_appliance_that_went_is_not_found(browser: Client, flat: dict[str, Any]) -> None:
    appliance.remove(appliance_id=flat["kettle"].pk, by=actor.SYSTEM, now=NOW)

    assert switch(browser, flat["kettle"], "true", headers=HTMX).status_code == 404


def test_a_get_switches_nothing(browser: Client, flat: dict[str, Any]) -> None:
    assert browser.get(f"/appliances/{flat['oven'].pk}/switch/?is_on=false").status_code == 405


def test_a_post_without_a_token_is_refused(flat: dict[str, Any]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(flat["owner"])

    answer = switch(strict, flat["oven"], "false", headers=HTMX)

    assert answer.status_code == 403
    assert answer["HX-Refresh"] == "true"
    flat["oven"].refresh_from_db()
    assert flat["oven"].is_on
