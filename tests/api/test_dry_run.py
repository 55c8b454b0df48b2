"""Asking what a change would do: decided as if it were meant, and undone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as Exact
from typing import Any

import pytest
from django.utils import timezone

from appliances import events
from appliances.api import document
from appliances.models import (
    Answered,
    Appliance,
    Circuit,
    Controller,
    Decision,
    Home,
    Shed,
    TemporaryLimit,
    Wait,
)
from appliances.services import actor, limits
from tests.api.conftest import Flat, code_of
from tests.services.rows import revision_of, rows_of

CHANGES = {
    "add_home": ("post", "/homes", {"name": "Cabin"}),
    "change_home": ("patch", "/homes/{slug}", {"name": "Loft", "limit_watts": 6000}),
    "add_appliance": ("post", "/homes/{slug}/appliances", {"name": "Iron", "rated_watts": 2000}),
    "change_appliance": ("patch", "/appliances/{oven}", {"rated_watts": 2300}),
    "remove_appliance": ("delete", "/appliances/{oven}", None),
    "switch_appliance": ("post", "/appliances/{lamp}/toggle", {"is_on": True}),
    "swap_appliances": ("post", "/appliances/{kettle}/swap", {"off": ["{oven}"]}),
    "add_circuit": ("post", "/homes/{slug}/circuits", {"name": "Shed", "limit_watts": 1000}),
    "change_circuit": ("patch", "/circuits/{kitchen}", {"limit_watts": 2400}),
    "remove_circuit": ("delete", "/circuits/{empty}", None),
    "wait_for_room": ("post", "/appliances/{kettle}/wait", {}),
    "cancel_wait": ("delete", "/appliances/{waiting}/wait", None),
    "add_limit": ("post", "/homes/{slug}/limits", {"limit_watts": 4000, "ends_at": "{soon}"}),
    "remove_limit": ("delete", "/limits/{limit}", None),
    "change_order": ("put", "/homes/{slug}/order", {"order": ["{kettle}", "{lamp}", "{oven}", "{heater}"]}),
    "change_controller": ("put", "/homes/{slug}/controller", {"mode": "armed"}),
}
"""Something that each operation would do in the flat."""

MODELS = (Home, Circuit, Appliance, Decision, Answered, Wait, Shed, TemporaryLimit, Controller)
SOON = datetime.now(UTC) + timedelta(hours=1)
LIMIT = {"limit": Exact(4000), "ends_at": SOON}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was published."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "publish", lambda **facts: found.append(facts))
    return found


def filled(flat: Flat, ask: Any, path: str, body: Any) -> tuple[str, Any]:
    names = {"slug": flat.home.slug, "kitchen": flat.kitchen.pk, "oven": flat.oven.pk}
    names |= {"lamp": flat.lamp.pk, "kettle": flat.kettle.pk}
    if "{empty}" in path:
        names["empty"] = ask("post", "/homes/harbour-flat/circuits", {"name": "Empty", "limit_watts": 1}).json()["id"]
    if "{waiting}" in path:
        names["waiting"] = flat.kettle.pk
        ask("post", f"/appliances/{flat.kettle.pk}/wait", {})
    if "{limit}" in path:
        made = limits.add(home_id=flat.home.pk, wanted=LIMIT, by=actor.SYSTEM, now=timezone.now())
        names["limit"] = made.subject_id
    if body and "ends_at" in body:
        body = {**body, "ends_at": SOON.isoformat()}
    if body and "order" in body:
        body = {"order": [flat.kettle.pk, flat.lamp.pk, flat.oven.pk, flat.heater.pk]}
    if body and "off" in body:
        body = {"off": [flat.oven.pk]}
    return path.format(**names), body


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


def test_every_operation_that_changes_something_is_tried_here() -> None:
    writing = {
        operation["operationId"]
        for methods in document.document()["paths"].values()
        for operation in methods.values()
        if any(one["name"] == "dry_run" for one in operation["parameters"])
    }

    assert writing == CHANGES.keys()


@pytest.mark.parametrize("operation", CHANGES)
def test_says_what_would_be_done_and_does_nothing(
    ask: Any,
    flat: Flat,
    told: list[Any],
    operation: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    method, path, body = CHANGES[operation]
    path, body = filled(flat, ask, path, body)
    before = everything()

    with django_capture_on_commit_callbacks(execute=True):
        tried = ask(method, f"{path}?dry_run=true", body, Idempotency_Key="k")

    assert tried.status_code == 200, tried.content
    assert everything() == before
    assert told == []

    foreseen = tried.json()
    assert (foreseen["dry_run"], foreseen["changed"]) == (True, True)
    recorded = Decision.objects.exclude(home=None).count()
    assert ask(method, path, body).status_code < 300
    done = Decision.objects.exclude(home=None).order_by("id")[recorded:]
    assert [(one["action"], one["outcome"]) for one in foreseen["decisions"]] == [
        (row.action, row.outcome) for row in done
    ]


def test_the_decisions_are_those_of_the_record_without_a_number(ask: Any, flat: Flat) -> None:
    path = f"/appliances/{flat.lamp.pk}/toggle"

    foreseen = ask("post", f"{path}?dry_run=true", {"is_on": True}).json()["decisions"]
    ask("post", path, {"is_on": True})
    recorded = ask("get", "/homes/harbour-flat/decisions?limit=1").json()["items"]

    assert (foreseen[0].pop("id"), foreseen[0].pop("revision")) == (None, None)
    for one in (foreseen[0], recorded[0]):
        del one["at"]
    assert {name: recorded[0][name] for name in foreseen[0]} == foreseen[0]


def test_a_refusal_is_answered_as_for_real_and_not_recorded(ask: Any, flat: Flat) -> None:
    path = f"/appliances/{flat.kettle.pk}/toggle"
    before, revision = rows_of(flat.home), revision_of(flat.home)

    tried = ask("post", f"{path}?dry_run=true", {"is_on": True})
    assert (rows_of(flat.home), revision_of(flat.home)) == (before, revision)
    meant = ask("post", path, {"is_on": True})

    assert code_of(tried) == "capacity_exceeded"
    assert tried.json() == meant.json()


def test_what_is_so_already_would_change_nothing(ask: Any, flat: Flat) -> None:
    tried = ask("post", f"/appliances/{flat.oven.pk}/toggle?dry_run=true", {"is_on": True})

    assert tried.json() == {"dry_run": True, "changed": False, "decisions": []}


def test_what_is_wrong_is_wrong_in_a_dry_run_too(ask: Any, flat: Flat) -> None:
    taken = {"name": "Oven", "rated_watts": 1}

    assert code_of(ask("post", "/homes/harbour-flat/appliances?dry_run=true", taken)) == "invalid"
    assert code_of(ask("delete", f"/circuits/{flat.kitchen.pk}?dry_run=true")) == "in_use"
    assert code_of(ask("delete", f"/circuits/{2**63 - 1}?dry_run=true")) == "not_found"


def test_false_means_it(ask: Any, flat: Flat) -> None:
    said = ask("post", f"/appliances/{flat.lamp.pk}/toggle?dry_run=false", {"is_on": True}).json()

    assert said["changed"] is True
    assert Appliance.objects.get(pk=flat.lamp.pk).is_on


@pytest.mark.parametrize("query", ["dry_run=1", "dry_run=", "dry_run=True", "dry_run=yes", "dry_run=true&dry_run=true"])
def test_anything_else_is_wrong_and_does_nothing(ask: Any, flat: Flat, query: str) -> None:
    answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle?{query}", {"is_on": True})

    assert code_of(answer) == "invalid"
    assert list(answer.json()["errors"]) == ["dry_run"]
    assert not Appliance.objects.get(pk=flat.lamp.pk).is_on
