"""The dashboard, its board alone, the list of homes and the record."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.builders import a_home, a_person, an_appliance, turn_off, turn_on


def test_one_home_is_opened_at_once(browser: Client) -> None:
    assert browser.get("/")["Location"] == "/homes/harbour-flat/"


def test_several_homes_are_listed(browser: Client, flat: dict[str, Any]) -> None:
    a_home("Cabin", owner=flat["owner"])
    a_home("Not mine")

    text = browser.get("/").content.decode()

    assert "Cabin" in text
    assert "Harbour flat" in text
    assert "Not mine" not in text


def test_the_page_answers_the_four_questions(browser: Client) -> None:
    text = browser.get("/homes/harbour-flat/").content.decode()

    assert "1\u202f100\u202fW" in text, "how much is left"
    assert "3\u202f900\u202fW" in text, "how much is used"
    assert 'aria-checked="true"' in text, "what is on"
    assert "1\u202f100\u202fW too much" in text, "what would not fit"


def test_the_page_costs_eight_queries_however_many_appliances(
    browser: Client, flat: dict[str, Any], django_assert_num_queries: Any
) -> None:
    browser.get("/homes/harbour-flat/")

    with django_assert_num_queries(8):
        browser.get("/homes/harbour-flat/")
    for _ in range(20):
        an_appliance(flat["home"], watts=10)

    with django_assert_num_queries(8):
        browser.get("/homes/harbour-flat/")


def test_a_switch_costs_twenty_one_queries(
    browser: Client, flat: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    browser.post(f"/appliances/{flat['heater'].pk}/switch/", {"is_on": "false"}, headers={"HX-Request": "true"})

    with django_assert_max_num_queries(21):
        browser.post(f"/appliances/{flat['oven'].pk}/switch/", {"is_on": "false"}, headers={"HX-Request": "true"})


def test_the_board_alone_is_a_full_frame(browser: Client, flat: dict[str, Any]) -> None:
    answer = browser.get("/homes/harbour-flat/board/")

    flat["home"].refresh_from_db()
    assert answer["X-VoltSafe-Revision"] == str(flat["home"].revision)
    assert f'data-revision="{flat["home"].revision}"' in answer.content.decode()


def test_the_record_is_read_page_by_page(browser: Client, flat: dict[str, Any]) -> None:
    for _ in range(30):
        turn_off(flat["heater"])
        turn_on(flat["heater"])

    first = browser.get("/homes/harbour-flat/decisions/")
    second = browser.get(first.context["next_url"])

    seen = [line.revision for page in (first, second) for line in page.context["feed"].lines]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen) == 60 + 8
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("query", ["?before=x", "?before=" + "9" * 40, "?before=-1"])
def test_a_bad_place_in_the_record_starts_at_the_newest(browser: Client, query: str) -> None:
    assert browser.get("/homes/harbour-flat/decisions/" + query).status_code == 200


def test_the_policy_allows_nothing_unsafe(browser: Client) -> None:
    policy = browser.get("/homes/harbour-flat/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def reading(person: Any) -> tuple[Client, str]:
    """A browser of theirs that takes no forged request, and the home's page in it."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    return browser, browser.get("/homes/harbour-flat/").content.decode()


def test_who_sees_the_same_page_has_a_name_and_a_token_of_their_own(flat: dict[str, Any]) -> None:
    ada, page_of_ada = reading(flat["owner"])
    grace, page_of_grace = reading(a_person("grace", home=flat["home"]))
    tokens = [re.findall(r'csrfmiddlewaretoken" value="(\w{64})"', page) for page in (page_of_ada, page_of_grace)]
    url, wanted = f"/appliances/{flat['heater'].pk}/switch/", {"is_on": "false"}

    assert "<b>ada</b>" in page_of_ada
    assert "grace" not in page_of_ada
    assert "<b>grace</b>" in page_of_grace
    assert not set(tokens[0]) & set(tokens[1])
    assert grace.post(url, {**wanted, "csrfmiddlewaretoken": tokens[0][0]}).status_code == 403
    assert ada.post(url, {**wanted, "csrfmiddlewaretoken": tokens[0][0]}).status_code == 302


def test_a_message_is_shown_once(browser: Client, flat: dict[str, Any]) -> None:
    browser.post(f"/appliances/{flat['kettle'].pk}/delete/")

    first, second = (browser.get("/homes/harbour-flat/").content.decode() for _ in range(2))

    assert 'class="message success"' in first
    assert 'class="message ' not in second
