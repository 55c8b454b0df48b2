"""The decision record in the administration: read and searched, never written."""

import pytest
from django.test import Client

from appliances.models import Decision
from tests.admin.pages import act, url
from tests.builders import a_home, a_person, a_token, an_appliance

pytestmark = pytest.mark.django_db


def test_nobody_adds_changes_or_deletes_a_decision(admin: Client) -> None:
    a_home("Flat")
    row = Decision.objects.latest("id")
    before = list(Decision.objects.values())

    assert admin.post(url("add", Decision), {"revision": "9"}).status_code == 403
    assert admin.post(url("change", row), {"actor_name": "nobody"}).status_code == 403
    assert admin.post(url("delete", row), {"post": "yes"}).status_code == 403
    act(admin, "delete_selected", row, post="yes")

    assert list(Decision.objects.values()) == before


def test_a_refusal_is_shown_with_everything_it_was_taken_on(admin: Client) -> None:
    home = a_home("Flat", limit_watts=3000)
    an_appliance(home, "Oven", watts=2400, on=True)
    kettle = an_appliance(home, "Kettle", watts=2000)
    act(admin, "switch_on", kettle)

    html = admin.get(url("change", Decision.objects.latest("id"))).content.decode()

    shown = html.replace("\N{NARROW NO-BREAK SPACE}", " ")
    for part in ("Kettle stays off.", "2 000 W", "2 400 W", "4 400 W", "3 000 W", "1 400 W", "keeper", "make_room"):
        assert part in shown


def test_is_filtered_by_home_outcome_and_action_and_searched_by_name(admin: Client) -> None:
    flat, barn = a_home("Flat"), a_home("Barn")
    an_appliance(flat, "Kettle")
    an_appliance(barn, "Heater", on=True)

    def found(**query: object) -> list[str]:
        answer = admin.get(url("changelist", Decision), query)
        return [row.subject_name for row in answer.context["cl"].result_list]

    assert found(home__id__exact=barn.pk, action__exact="switch_on") == ["Heater"]
    assert found(outcome__exact="refused") == []
    assert found(q="kett") == ["Kettle"]


def test_the_record_of_a_removed_home_is_still_listed(admin: Client) -> None:
    home = a_home("Flat")
    admin.post(url("delete", home), {"post": "yes"})

    answer = admin.get(url("changelist", Decision))

    assert f"removed (no. {home.pk})" in answer.content.decode()
    assert len(answer.context["cl"].result_list) == 3
    assert admin.get(url("change", Decision.objects.latest("id"))).status_code == 200


def test_what_concerns_an_account_is_filtered_and_shown(admin: Client) -> None:
    home = a_home("Flat")
    a_token(a_person("ada", home=home), "phone")

    whole = admin.get(url("changelist", Decision))
    of_accounts = admin.get(url("changelist", Decision), {"home__isnull": "True"})
    shown = admin.get(url("change", Decision.objects.get(action="add_token"))).content.decode()

    assert ("account", "home__isnull=True") in [
        (str(one["display"]), one["query_string"].lstrip("?"))
        for one in whole.context["cl"].filter_specs[1].choices(whole.context["cl"])
    ]
    assert [row.action for row in of_accounts.context["cl"].result_list] == ["add_token"]
    assert "Token phone made: Everything you may." in shown
