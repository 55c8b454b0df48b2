"""The record's page and its files: what a role sees of it, what a filter says, and what a spreadsheet must not run."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appliances.models import Checkpoint, Decision
from appliances.models.decision import Action
from appliances.presentation import record_files
from appliances.services import accounts, pruning, verifying
from appliances.web import record_export
from tests.builders import a_person, an_appliance, turn_off, turn_on

PAGE = "/homes/harbour-flat/decisions/"
CSV, JSON = f"{PAGE}export.csv", f"{PAGE}export.json"


@pytest.fixture
def visited(flat: dict[str, Any]) -> dict[str, Any]:
    accounts.note(Action.SIGN_IN, flat["owner"], now=timezone.now(), facts={"address": "10.0.0.7"})
    return flat


def text(answer: Any) -> str:
    return str(answer.content.decode())


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def told(answer: Any) -> list[str]:
    return [line.action for line in answer.context["feed"].lines]


def test_an_owner_reads_what_concerns_the_accounts(browser: Client, visited: dict[str, Any]) -> None:
    answer = browser.get(PAGE)

    assert told(answer)[0] == "sign_in"
    assert "ada signed in from 10.0.0.7." in text(answer)


@pytest.mark.parametrize("role", ["member", "guest", "viewer"])
def test_others_read_what_concerns_the_home(client: Client, visited: dict[str, Any], role: str) -> None:
    client.force_login(a_person(home=visited["home"], role=role))

    answer = client.get(PAGE)

    assert "sign_in" not in told(answer)
    assert len(told(answer)) == 8
    assert "export" not in text(answer)
    assert client.get(CSV).status_code == client.get(JSON).status_code == 403


def test_the_page_costs_eight_questions_however_long_the_record_is(
    browser: Client, visited: dict[str, Any], django_assert_num_queries: Any
) -> None:
    browser.get(PAGE)

    for _ in range(2):
        with django_assert_num_queries(8):
            browser.get(f"{PAGE}?kind=switching&text=kettle")
        for _ in range(10):
            an_appliance(visited["home"])


def test_pages_of_a_filtered_record_keep_the_filter(browser: Client, flat: dict[str, Any]) -> None:
    for _ in range(30):
        turn_off(flat["heater"])
        turn_on(flat["heater"])

    first = browser.get(f"{PAGE}?kind=switching&text=heater")
    second = browser.get(first.context["next_url"])

    assert len(told(first) + told(second)) == 61
    assert set(told(first) + told(second)) == {"switch_on", "switch_off"}
    assert second.context["asked"] == [("About", "Switching"), ("With the text", "heater")]


def test_bad_values_are_named_and_nothing_is_looked_for(browser: Client) -> None:
    answer = browser.get(f"{PAGE}?kind=x&outcome=perhaps&since=yesterday&until=2026-02-30&who={'a' * 81}&text=%00")

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"kind", "outcome", "since", "until", "who", "text"}
    assert told(answer) == []
    assert "“x”" in text(answer)


def test_an_end_before_the_beginning_is_named(browser: Client) -> None:
    answer = browser.get(f"{PAGE}?since=2026-12-02&until=2026-12-01")

    assert answer.context["form"].errors == {"until": ["It ends before it begins."]}


def test_what_is_nowhere_is_said(browser: Client) -> None:
    assert "No decision is like that." in text(browser.get(f"{PAGE}?text=zebra"))


def test_a_record_of_which_older_decisions_went_says_since_when_it_is_kept(
    browser: Client, flat: dict[str, Any]
) -> None:
    assert "Kept since" not in text(browser.get(PAGE)) + text(browser.get(CSV))
    assert browser.get(JSON).json()["kept_since"] is None

    assert sum(pruning.remove(flat["home"].pk, timezone.now() + timedelta(days=1))) > 1

    let_go = Checkpoint.objects.get(home=flat["home"]).at
    assert f"Kept since {let_go:%-d %B %Y}: what was decided before was removed" in text(browser.get(PAGE))
    assert browser.get(JSON).json()["kept_since"] == let_go.isoformat()
    assert lines(browser.get(CSV))[-1][-2].startswith(f"Kept since {let_go.isoformat()}")


def test_a_file_of_bad_values_leads_to_the_page_that_names_them(browser: Client) -> None:
    answer = browser.get(f"{CSV}?kind=x", follow=True)

    assert answer.status_code == 422
    assert "kind" in answer.context["form"].errors


def test_csv_has_every_column_exact_and_opens_in_a_spreadsheet(browser: Client, visited: dict[str, Any]) -> None:
    an_appliance(visited["home"], "Lämpchen", watts="0.125", on=True)

    answer = browser.get(f"{CSV}?kind=switching")

    assert answer.content.startswith(b"\xef\xbb\xbfid,revision,at,")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    day = timezone.now().date().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="voltsafe-harbour-flat-record-{day}.csv"'
    head, newest, *_rest = lines(answer)
    row = dict(zip(head, newest, strict=True))
    assert head == list(record_files.COLUMNS)
    assert (row["subject_name"], row["requested_watts"], row["load_after_watts"]) == ("Lämpchen", "0.125", "3900.125")
    assert (row["by_kind"], row["by_name"], row["home"]) == ("system", "VoltSafe", "harbour-flat")
    assert datetime.fromisoformat(row["at"]).utcoffset() is not None
    assert row["sentence"].startswith("Lämpchen on")
    assert len(lines(answer)) == 1 + Decision.objects.filter(action="switch_on").count()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1"])
def test_no_name_becomes_a_formula(browser: Client, flat: dict[str, Any], name: str) -> None:
    lamp = an_appliance(flat["home"], name, on=False, watts=5)
    turn_on(lamp)
    turn_off(lamp)

    head, newest, *_rest = lines(browser.get(f"{CSV}?kind=switching"))

    row = dict(zip(head, newest, strict=True))
    assert row["subject_name"] == f"'{name}"
    assert row["sentence"].startswith(f"'{name} off")
    assert row["requested_watts"] == "-5", "a number is none"


@pytest.mark.parametrize("text", ["\tx", "\rx", "=x"])
def test_what_begins_like_a_formula_is_defused(text: str) -> None:
    assert record_files.defused(text) == f"'{text}"


def test_json_has_the_same_with_what_was_looked_for(browser: Client, visited: dict[str, Any]) -> None:
    answer = browser.get(f"{JSON}?kind=access")

    found = json.loads(answer.content)
    assert (found["home"], found["looked_for"], found["next"]) == ("harbour-flat", {"kind": "access"}, None)
    assert [one["text"] for one in found["items"]] == ["ada signed in from 10.0.0.7."]
    assert found["items"][0]["account_id"] == visited["owner"].pk
    assert found["items"][0]["home"] is None
    assert answer["Content-Disposition"].endswith('.json"')


def test_a_file_holds_so_many_and_says_where_the_rest_is(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_files, "MOST", 3)

    ids, url = [], JSON
    while url:
        found = json.loads(browser.get(url).content)
        ids += [one["id"] for one in found["items"]]
        assert len(found["items"]) <= 3
        url = found["next"]

    assert ids == list(Decision.objects.filter(home__slug="harbour-flat").values_list("id", flat=True))
    last = lines(browser.get(CSV))[-1]
    assert last[0] == ""
    assert f"before={ids[2]}" in last[record_files.COLUMNS.index("sentence")]


def test_a_file_that_holds_everything_says_nothing_of_more(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_files, "MOST", 8)

    assert json.loads(browser.get(JSON).content)["next"] is None
    assert lines(browser.get(CSV))[-1][0] != ""


def test_a_second_file_at_the_same_time_has_to_wait(browser: Client) -> None:
    with record_export.ONE_AT_A_TIME:
        answer = browser.get(CSV)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")

    assert browser.get(CSV).status_code == 200


def test_reading_it_leaves_no_trace(browser: Client) -> None:
    before = Decision.objects.count()

    for url in (PAGE, CSV, JSON):
        browser.get(url)

    assert Decision.objects.count() == before
    assert verifying.differences() == []
