"""The order page: one place up or down, or the whole order at once."""

from typing import Any

import pytest
from django.test import Client

from appliances.models import Appliance, Decision
from appliances.services import ordering
from tests.builders import a_person

ORDER = "/homes/harbour-flat/order/"


def names(flat: dict[str, Any]) -> list[str]:
    rows = {row.pk: row for row in Appliance.objects.filter(home=flat["home"])}
    return [rows[pk].name for pk in ordering.current(rows.values())]


def test_one_is_moved_up_and_keeps_the_focus(browser: Client, flat: dict[str, Any]) -> None:
    last = Appliance.objects.get(name=names(flat)[-1])

    answer = browser.post(ORDER, {"move": f"up-{last.pk}"})

    assert names(flat)[-2] == last.name
    assert answer["Location"] == f"{ORDER}?moved=up-{last.pk}"
    shown = browser.get(answer["Location"]).content.decode()
    assert f'id="up-{last.pk}"' in shown
    assert shown.count("autofocus") == 1


def test_at_either_end_it_stays(browser: Client, flat: dict[str, Any]) -> None:
    before, first = names(flat), Appliance.objects.get(name=names(flat)[0])

    browser.post(ORDER, {"move": f"up-{first.pk}"})

    assert names(flat) == before


def test_a_whole_order_is_saved(browser: Client, flat: dict[str, Any]) -> None:
    wanted = [flat["kettle"], flat["oven"], flat["heater"]]

    answer = browser.post(
        ORDER, {"order": ",".join(str(row.pk) for row in wanted)}, headers={"X-Requested-With": "fetch"}
    )

    assert answer.status_code == 204
    assert names(flat) == ["Kettle", "Oven", "Heater"]
    assert Decision.objects.last() is not None


@pytest.mark.parametrize("given", [{"order": "1"}, {"order": "1,x"}, {"order": "0,0,0"}])
def test_an_order_that_is_none_changes_nothing(browser: Client, flat: dict[str, Any], given: dict[str, str]) -> None:
    before = names(flat)

    assert browser.post(ORDER, given, headers={"X-Requested-With": "fetch"}).status_code == 409
    assert browser.post(ORDER, given).status_code == 302

    assert names(flat) == before


@pytest.mark.parametrize("given", [{}, {"move": "sideways-1"}, {"move": "up-"}, {"move": "up-x"}])
def test_nonsense_is_refused(browser: Client, given: dict[str, str]) -> None:
    assert browser.post(ORDER, given).status_code == 400


def test_the_flags_say_what_voltsafe_may_do(browser: Client, flat: dict[str, Any]) -> None:
    Appliance.objects.filter(pk=flat["heater"].pk).update(may_be_shed=True, returns_by_itself=True)

    shown = browser.get(ORDER).content.decode()

    assert shown.count("Never switched off") == 2
    assert "Comes back by itself" in shown
    assert "#lock" in shown


@pytest.mark.parametrize("role", ["guest", "viewer"])
def test_who_may_not_edit_sees_it_and_moves_nothing(client: Client, flat: dict[str, Any], role: str) -> None:
    client.force_login(a_person(home=flat["home"], role=role))

    assert 'name="move"' not in client.get(ORDER).content.decode()
    assert client.post(ORDER, {"move": f"up-{flat['oven'].pk}"}).status_code == 403


def test_the_page_costs_as_much_for_many(browser: Client, flat: dict[str, Any], django_assert_num_queries: Any) -> None:
    from tests.builders import an_appliance

    browser.get(ORDER)
    for _ in range(20):
        an_appliance(flat["home"], watts=10)

    with django_assert_num_queries(8):
        browser.get(ORDER)
