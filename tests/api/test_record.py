"""The record over the API: filtered, and for owners with what concerns the accounts of the home's people."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appliances.models import Checkpoint
from appliances.models.decision import Action
from appliances.services import accounts, pruning
from tests.api.conftest import Caller, Flat, code_of
from tests.builders import a_person, a_token, turn_on

PATH = "/homes/harbour-flat/decisions"


@pytest.fixture
def visited(flat: Flat) -> Flat:
    accounts.note(Action.SIGN_IN, flat.owner, now=timezone.now(), facts={"address": "10.0.0.7"})
    return flat


def actions(answer: Any) -> list[str]:
    return [one["action"] for one in answer.json()["items"]]


def test_the_home_alone_unless_asked(ask: Any, visited: Flat) -> None:
    assert "sign_in" not in actions(ask("get", PATH))
    assert actions(ask("get", f"{PATH}?accounts=true&kind=access")) == ["sign_in", "add_token"]


def test_what_concerns_an_account_says_whose(ask: Any, visited: Flat) -> None:
    newest = ask("get", f"{PATH}?accounts=true").json()["items"][0]

    assert (newest["revision"], newest["account_id"]) == (0, visited.owner.pk)
    assert ask("get", PATH).json()["items"][0]["account_id"] is None


@pytest.mark.parametrize("role", ["member", "guest", "viewer"])
def test_accounts_are_for_owners(flat: Flat, role: str) -> None:
    caller = Caller(a_person(home=flat.home, role=role))

    assert code_of(caller.ask("get", f"{PATH}?accounts=true")) == "forbidden"
    assert caller.ask("get", f"{PATH}?accounts=false").status_code == 200


@pytest.mark.parametrize("scope", ["read", "switch"])
def test_a_small_scope_is_not_enough_for_accounts(flat: Flat, scope: str) -> None:
    _row, text = a_token(flat.owner, scope=scope)

    answer = Caller().ask("get", f"{PATH}?accounts=true", Authorization=f"Bearer {text}")

    assert code_of(answer) == "forbidden"


def test_it_says_since_when_it_is_kept_and_an_older_copy_is_not_the_same(ask: Any, flat: Flat) -> None:
    before = ask("get", PATH)
    assert before.json()["kept_since"] is None

    assert sum(pruning.remove(flat.home.pk, timezone.now() + timedelta(days=1))) > 1

    after = ask("get", PATH, If_None_Match=before["ETag"])
    assert after.status_code == 200
    assert len(after.json()["items"]) == 1
    assert after.json()["kept_since"] == Checkpoint.objects.get(home=flat.home).at.isoformat()


def test_filters_are_those_of_the_page(ask: Any, flat: Flat) -> None:
    today = timezone.now().date()
    accounts.note(Action.SIGN_OUT, flat.owner, now=timezone.now(), facts={})

    assert set(actions(ask("get", f"{PATH}?kind=switching&outcome=granted&who=VoltSafe&text=oven"))) == {"switch_on"}
    assert actions(ask("get", f"{PATH}?accounts=true&since={today}&until={today}&text=ada"))[0] == "sign_out"
    assert actions(ask("get", f"{PATH}?since=2100-01-01")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=x", "kind"),
        ("kind=", "kind"),
        ("outcome=maybe", "outcome"),
        ("since=2026-02-30", "since"),
        ("since=1", "since"),
        ("until=20261231", "until"),
        ("since=2026-12-02&until=2026-12-01", "until"),
        ("who=", "who"),
        ("text=%00", "text"),
        (f"text={'a' * 81}", "text"),
        ("accounts=yes", "accounts"),
    ],
)
def test_bad_values_are_named(ask: Any, query: str, field: str) -> None:
    answer = ask("get", f"{PATH}?{query}")

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_pages_of_both_are_one_list(ask: Any, visited: Flat) -> None:
    whole = [one["id"] for one in ask("get", f"{PATH}?accounts=true").json()["items"]]

    found, cursor = [], ""
    while cursor is not None:
        page = ask("get", f"{PATH}?accounts=true&limit=3{cursor and f'&cursor={cursor}'}").json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]

    assert found == whole == sorted(whole, reverse=True)


def test_the_tag_changes_with_either(ask: Any, visited: Flat) -> None:
    path = f"{PATH}?accounts=true"
    etag = ask("get", path).headers["ETag"]
    assert ask("get", path, If_None_Match=etag).status_code == 304

    accounts.note(Action.SIGN_OUT, visited.owner, now=timezone.now(), facts={})
    signed_out = ask("get", path, If_None_Match=etag)
    turn_on(visited.lamp)

    assert signed_out.status_code == 200
    assert ask("get", path, If_None_Match=signed_out.headers["ETag"]).status_code == 200


def test_the_tag_of_the_home_alone_knows_nothing_of_accounts(ask: Any, flat: Flat) -> None:
    etag = ask("get", PATH).headers["ETag"]

    accounts.note(Action.SIGN_OUT, flat.owner, now=timezone.now(), facts={})

    assert ask("get", PATH, If_None_Match=etag).status_code == 304
