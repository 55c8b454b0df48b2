"""Start when there is room: asked in a tile, seen by everybody, taken back."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from appliances.models import Wait
from appliances.presentation import telling
from appliances.services import actor, controlling, tending, waiting
from tests.builders import a_person, turn_off
from tests.presentation import markup
from tests.web.conftest import HTMX


def page(browser: Client) -> str:
    return browser.get("/homes/harbour-flat/").content.decode()


def ask(browser: Client, row: Any, **headers: Any) -> Any:
    return browser.post(f"/appliances/{row.pk}/wait/", **headers)


def arm(flat: dict[str, Any]) -> None:
    controlling.set_mode(home_id=flat["home"].pk, mode="armed", by=actor.SYSTEM, now=timezone.now())


def test_a_refused_switch_on_offers_to_wait(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.post(f"/appliances/{flat['kettle'].pk}/switch/", {"is_on": "true"}, headers=HTMX)

    said = markup.find(markup.parse(answer.content.decode()), f"wait-way-{flat['kettle'].pk}")
    assert said is not None
    assert said[1]["formaction"] == f"/appliances/{flat['kettle'].pk}/wait/"


def test_what_does_not_fit_offers_to_wait_before_anyone_is_refused(browser: Client, flat: dict[str, Any]) -> None:
    assert f'id="wait-{flat["kettle"].pk}"' in page(browser)
    assert f'id="wait-{flat["oven"].pk}"' not in page(browser), "it is on"

    turn_off(flat["oven"])

    assert f'id="wait-{flat["kettle"].pk}"' not in page(browser), "it fits"


def test_what_never_fits_offers_nothing(browser: Client, flat: dict[str, Any]) -> None:
    from tests.builders import an_appliance

    sauna = an_appliance(flat["home"], "Sauna", watts=9000)
    answer = browser.post(f"/appliances/{sauna.pk}/switch/", {"is_on": "true"}, headers=HTMX)

    assert f'id="wait-{sauna.pk}"' not in page(browser)
    assert "wait-way" not in answer.content.decode()
    refused = ask(browser, sauna, headers=HTMX)
    assert refused.status_code == 422
    assert "It can never start" in refused.content.decode()


def test_one_that_waits_says_its_place_what_is_missing_and_until_when(browser: Client, flat: dict[str, Any]) -> None:
    arm(flat)
    answer = ask(browser, flat["kettle"], headers=HTMX)

    pieces = {piece[1]["id"] for piece in markup.roots(answer.content.decode())}
    until = telling.moment(Wait.objects.get().expires_at.isoformat(), timezone.now())
    assert {"queue", "feed", f"appliance-{flat['kettle'].pk}", f"answer-{flat['kettle'].pk}"} <= pieces
    assert f"first in line, 1\u202f100\u202fW short, until {until}." in answer.content.decode()
    assert f'id="cancel-{flat["kettle"].pk}"' in answer.content.decode()
    assert "will not start by itself" not in answer.content.decode()


def test_without_an_armed_controller_it_says_that_it_will_not_start(browser: Client, flat: dict[str, Any]) -> None:
    ask(browser, flat["kettle"])
    guest = Client()
    guest.force_login(a_person(home=flat["home"], role="guest"))

    assert "The controller is off: it will not start by itself." in page(browser)
    assert f'id="arm-{flat["kettle"].pk}" href="/homes/harbour-flat/controller/"' in page(browser)
    assert "ask an owner to arm it" in page(guest)
    assert "arm-" not in page(guest)


def test_it_is_taken_back(browser: Client, flat: dict[str, Any]) -> None:
    ask(browser, flat["kettle"])

    answer = browser.post(f"/appliances/{flat['kettle'].pk}/cancel-wait/", headers=HTMX)

    assert answer.status_code == 200
    assert not Wait.objects.exists()
    assert 'id="queue" class="queue" hx-swap-oob="true" aria-labelledby="queue-name" hidden' in answer.content.decode()


def test_without_javascript_it_redirects(browser: Client, flat: dict[str, Any]) -> None:
    assert ask(browser, flat["kettle"])["Location"] == "/homes/harbour-flat/"
    answer = browser.post(f"/appliances/{flat['kettle'].pk}/cancel-wait/")
    assert answer["Location"] == "/homes/harbour-flat/"


def test_everybody_in_the_home_sees_who_waits(browser: Client, flat: dict[str, Any]) -> None:
    assert 'id="queue" class="queue" aria-labelledby="queue-name" hidden' in page(browser)
    ask(browser, flat["kettle"])
    viewer = Client()
    viewer.force_login(a_person(home=flat["home"], role="viewer"))

    queue = markup.find(markup.parse(page(viewer)), "queue")

    assert queue is not None
    assert "hidden" not in queue[1]
    assert not any(node[0] == "button" for node in markup.every(queue)), "a viewer takes nobody's place away"
    assert f'id="leave-{flat["kettle"].pk}"' in page(browser)


def test_it_starts_when_there_is_room_and_the_page_shows_it(browser: Client, flat: dict[str, Any]) -> None:
    arm(flat)
    ask(browser, flat["kettle"])
    turn_off(flat["oven"])

    tending.tick(timezone.now())

    flat["kettle"].refresh_from_db()
    assert flat["kettle"].is_on
    assert "Kettle on, 2\u202f200\u202fW: it waited, and there is room." in page(browser)


def test_a_smaller_one_says_whom_it_passes(browser: Client, flat: dict[str, Any]) -> None:
    from tests.builders import an_appliance

    now = timezone.now()
    lamp = an_appliance(flat["home"], "Lamp", watts=200, at=flat["kitchen"])
    for row in (flat["kettle"], lamp):
        type(row).objects.filter(pk=row.pk).update(min_off_seconds=600, switched_at=now - timedelta(seconds=60))
        waiting.ask(appliance_id=row.pk, by=actor.SYSTEM, now=now)

    assert "It goes before Kettle, which would not fit anyway." in page(browser)


def test_one_that_rests_says_until_when_and_offers_to_wait(browser: Client, flat: dict[str, Any]) -> None:
    turn_off(flat["heater"])
    now = timezone.now()
    type(flat["heater"]).objects.filter(pk=flat["heater"].pk).update(min_off_seconds=600, switched_at=now)

    shown = page(browser)
    answer = browser.post(f"/appliances/{flat['heater'].pk}/switch/", {"is_on": "true"}, headers=HTMX)

    assert f"Rests until {now + timedelta(seconds=600):%H:%M}" in shown
    assert "Start when it has rested" in answer.content.decode()
