"""A request sent twice with one key is carried out once, and answered the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet

from appliances.models import Answered, Appliance, Decision, Home, User
from appliances.services import answered, switching
from appliances.services.outcome import Busy
from tests.api.conftest import Caller, Flat, code_of
from tests.builders import NOW, a_home, a_person, turn_off, turn_on
from tests.services.rows import revision_of

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


def same(first: Any, second: Any) -> bool:
    kept = ("Content-Type", "Location", "ETag")
    return (first.status_code, first.content) == (second.status_code, second.content) and all(
        first.headers.get(name) == second.headers.get(name) for name in kept
    )


def test_what_was_made_is_not_made_again(ask: Any, flat: Flat) -> None:
    sent = ("post", "/homes/harbour-flat/appliances", {"name": "Iron", "rated_watts": 2000})

    first, second = (ask(*sent, Idempotency_Key=KEY) for _ in range(2))

    assert first.status_code == 201
    assert same(first, second)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Appliance.objects.filter(name="Iron").count() == 1


def test_a_home_is_made_once(ask: Any, flat: Flat) -> None:
    first, second = (ask("post", "/homes", {"name": "Cabin"}, Idempotency_Key=KEY) for _ in range(2))

    assert same(first, second)
    assert Home.objects.filter(name="Cabin").count() == 1


def test_a_switch_that_was_undone_meanwhile_is_not_done_again(ask: Any, flat: Flat) -> None:
    sent = ("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})
    first = ask(*sent, Idempotency_Key=KEY)
    turn_off(flat.lamp)

    assert same(first, ask(*sent, Idempotency_Key=KEY))
    assert not Appliance.objects.get(pk=flat.lamp.pk).is_on


def test_that_nothing_was_to_do_is_remembered_too(ask: Any, flat: Flat) -> None:
    sent = ("post", f"/appliances/{flat.oven.pk}/toggle", {"is_on": True})
    first = ask(*sent, Idempotency_Key=KEY)
    turn_off(flat.oven)

    assert same(first, ask(*sent, Idempotency_Key=KEY))
    assert not Appliance.objects.get(pk=flat.oven.pk).is_on


def test_a_refusal_is_told_again_and_recorded_once(ask: Any, flat: Flat) -> None:
    sent = ("post", f"/appliances/{flat.kettle.pk}/toggle", {"is_on": True})

    first = ask(*sent, Idempotency_Key=KEY)
    turn_off(flat.oven)
    second = ask(*sent, Idempotency_Key=KEY)

    assert code_of(first) == "capacity_exceeded"
    assert same(first, second)
    assert Decision.objects.filter(outcome="refused").count() == 1


def test_an_answer_outlives_what_it_was_about(ask: Any, flat: Flat) -> None:
    sent = ("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})
    first = ask(*sent, Idempotency_Key=KEY)
    ask("delete", f"/appliances/{flat.lamp.pk}")

    assert same(first, ask(*sent, Idempotency_Key=KEY))


@pytest.mark.parametrize("sent", ["toggle", "add", "refused"])
def test_a_crash_before_the_answer_applies_nothing_twice(
    ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch, sent: str
) -> None:
    request: Any = {
        "toggle": (f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True}),
        "add": ("/homes/harbour-flat/circuits", {"name": "Shed", "limit_watts": 1000}),
        "refused": (f"/appliances/{flat.kettle.pk}/toggle", {"is_on": True}),
    }[sent]
    with monkeypatch.context() as crash:
        crash.setattr(answered, "complete", lambda *_args, **_kwargs: None)
        first = ask("post", *request, Idempotency_Key=KEY)
    recorded = Decision.objects.exclude(home=None).count()

    second, third = (ask("post", *request, Idempotency_Key=KEY) for _ in range(2))

    assert Decision.objects.exclude(home=None).count() == recorded
    assert same(first, second)
    assert same(second, third)
    assert second.headers["Idempotent-Replayed"] == third.headers["Idempotent-Replayed"] == "true"


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = QuerySet.update

    def fail(rows: Any, **values: Any) -> int:
        if "status" in values:
            raise DatabaseError("disk full")
        return update(rows, **values)

    monkeypatch.setattr(QuerySet, "update", fail)

    said = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True}, Idempotency_Key=KEY)

    assert said.status_code == 200
    assert Answered.objects.get().status is None


@pytest.mark.parametrize("other", ["body", "path", "query"])
def test_the_key_of_another_request_is_refused(ask: Any, flat: Flat, other: str) -> None:
    path = f"/appliances/{flat.lamp.pk}/toggle"
    ask("post", path, {"is_on": True}, Idempotency_Key=KEY)
    changed: Any = {
        "body": (path, {"is_on": False}),
        "path": (f"/appliances/{flat.oven.pk}/toggle", {"is_on": True}),
        "query": (f"{path}?dry_run=false", {"is_on": True}),
    }[other]
    revision = revision_of(flat.home)

    answer = ask("post", *changed, Idempotency_Key=KEY)

    assert answer.status_code == 422
    assert code_of(answer) == "idempotency_key_reused"
    assert revision_of(flat.home) == revision


@pytest.mark.parametrize("key", ["", '""', "k" * 256, "ключ".encode().decode("latin-1"), "a\tb"])
def test_a_key_that_is_none_is_named(ask: Any, flat: Flat, key: str) -> None:
    answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True}, Idempotency_Key=key)

    assert code_of(answer) == "invalid"
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert not Appliance.objects.get(pk=flat.lamp.pk).is_on


def test_the_longest_key_and_one_between_quotation_marks(ask: Any, flat: Flat) -> None:
    sent = ("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})
    for key in ("k" * 255, f'"{KEY}"'):
        assert ask(*sent, Idempotency_Key=key).status_code == 200

    assert ask(*sent, Idempotency_Key=KEY).headers["Idempotent-Replayed"] == "true"


def test_a_key_is_its_persons_own(ask: Any, flat: Flat) -> None:
    bob = Caller(a_person("bob", home=flat.home))
    path = f"/appliances/{flat.lamp.pk}/toggle"
    ask("post", path, {"is_on": True}, Idempotency_Key=KEY)

    answer = bob.ask("post", path, {"is_on": False}, Idempotency_Key=KEY)

    assert answer.json()["changed"] is True


def test_what_failed_may_be_sent_again(ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = ("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})
    with monkeypatch.context() as busy:
        busy.setattr(switching, "set_state", lambda *_args, **_kwargs: (_ for _ in ()).throw(Busy("busy")))
        assert code_of(ask(*sent, Idempotency_Key=KEY)) == "busy"
    ask("post", "/homes/harbour-flat/appliances", {"name": "Oven", "rated_watts": 1}, Idempotency_Key="other")

    assert not Answered.objects.exists()
    assert ask(*sent, Idempotency_Key=KEY).json()["changed"] is True


def test_a_dry_run_leaves_the_key_unused(ask: Any, flat: Flat) -> None:
    path = f"/appliances/{flat.lamp.pk}/toggle"
    ask("post", f"{path}?dry_run=true", {"is_on": True}, Idempotency_Key=KEY)

    assert not Answered.objects.exists()
    assert ask("post", path, {"is_on": True}, Idempotency_Key=KEY).json()["changed"] is True


def test_without_a_key_nothing_is_kept(ask: Any, flat: Flat) -> None:
    ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})
    ask("patch", f"/appliances/{flat.lamp.pk}", {"note": "x"}, Idempotency_Key=KEY)

    assert not Answered.objects.exists()


def kept_since(user: User, key: str, hours: float) -> None:
    Answered.objects.create(user=user, key=key, fingerprint="0" * 64, at=NOW - timedelta(hours=hours))


def test_keys_are_forgotten_after_a_day(flat: Flat) -> None:
    for hours in (25, 24, 0):
        kept_since(flat.owner, f"{hours}", hours)

    assert answered.prune(NOW) == 1
    assert set(Answered.objects.values_list("key", flat=True)) == {"24", "0"}


def test_another_home_of_the_same_person_is_another_request(ask: Any, flat: Flat) -> None:
    a_home("Cabin", owner=flat.owner)
    body = {"name": "Iron", "rated_watts": 1}
    ask("post", "/homes/harbour-flat/appliances", body, Idempotency_Key=KEY)

    assert code_of(ask("post", "/homes/cabin/appliances", body, Idempotency_Key=KEY)) == "idempotency_key_reused"
    turn_on(Appliance.objects.get(name="Iron"))
