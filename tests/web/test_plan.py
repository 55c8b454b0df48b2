"""What if: a combination is judged, nothing is switched."""

from typing import Any

from django.test import Client

from appliances.models import Decision
from tests.builders import a_person
from tests.web.conftest import HTMX

PLAN = "/homes/harbour-flat/plan/"


def test_it_begins_with_what_is_on(browser: Client) -> None:
    shown = browser.get(PLAN).content.decode()

    assert "These 2 fit together." in shown
    assert shown.count(" checked") == 2


def test_a_combination_that_does_not_fit_says_where_and_what_to_leave_out(
    browser: Client, flat: dict[str, Any]
) -> None:
    before = Decision.objects.count()

    answer = browser.get(PLAN, {"asked": "1", "on": [flat["oven"].pk, flat["kettle"].pk]}, headers=HTMX)

    shown = answer.content.decode()
    assert "These 2 do not fit together." in shown
    assert "Kitchen would carry 4\u202f600\u202fW of 3\u202f600\u202fW: 1\u202f000\u202fW too much." in shown
    assert "without Oven" in shown
    assert "<html" not in shown
    assert Decision.objects.count() == before


def test_everything_unticked_is_nothing_on(browser: Client) -> None:
    assert "Nothing is on." in browser.get(PLAN, {"asked": "1"}).content.decode()


def test_nonsense_and_strangers_count_as_nothing(browser: Client) -> None:
    shown = browser.get(PLAN, {"asked": "1", "on": ["x", "-1", "9" * 40, "999999"]}).content.decode()

    assert "Nothing is on." in shown


def test_who_may_only_look_may_ask(client: Client, flat: dict[str, Any]) -> None:
    client.force_login(a_person(home=flat["home"], role="viewer"))

    answer = client.get(PLAN, {"asked": "1", "on": [flat["kettle"].pk]})

    assert "This one fits." in answer.content.decode()


def test_it_costs_as_much_for_many(browser: Client, django_assert_num_queries: Any) -> None:
    browser.get(PLAN)

    with django_assert_num_queries(8):
        browser.get(PLAN)
