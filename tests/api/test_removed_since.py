"""What was done is told as done, though what it was done to is gone before the answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.services import actor, appliance, circuit, home
from appliances.services.outcome import Changed
from tests.api.conftest import Flat, code_of
from tests.builders import a_circuit
from tests.services.meanwhile import before_the_answer

pytestmark = pytest.mark.django_db

Remove = Callable[[Changed], object]


def by_somebody_else() -> dict[str, Any]:
    return {"by": actor.SYSTEM, "now": timezone.now()}


def remove_appliance(changed: Changed) -> None:
    appliance.remove(appliance_id=changed.subject_id or 0, **by_somebody_else())


def remove_circuit(changed: Changed) -> None:
    circuit.remove(circuit_id=changed.subject_id or 0, **by_somebody_else())


def remove_home(changed: Changed) -> None:
    home.remove(home_id=changed.home_id, **by_somebody_else())


MODELS = {remove_appliance: Appliance, remove_circuit: Circuit, remove_home: Home}

CASES: dict[str, tuple[str, Callable[[Flat], str], Callable[[Flat], Any], Remove]] = {
    "toggle": ("post", lambda flat: f"/appliances/{flat.lamp.pk}/toggle", lambda _: {"is_on": True}, remove_appliance),
    "swap": (
        "post",
        lambda flat: f"/appliances/{flat.kettle.pk}/swap",
        lambda flat: {"off": [flat.oven.pk]},
        remove_appliance,
    ),
    "wait": ("post", lambda flat: f"/appliances/{flat.kettle.pk}/wait", lambda _: {}, remove_appliance),
    "change an appliance": (
        "patch",
        lambda flat: f"/appliances/{flat.lamp.pk}",
        lambda _: {"note": "dims"},
        remove_appliance,
    ),
    "add an appliance": (
        "post",
        lambda flat: f"/homes/{flat.home.slug}/appliances",
        lambda _: {"name": "Fan", "rated_watts": 40},
        remove_appliance,
    ),
    "change a circuit": (
        "patch",
        lambda flat: f"/circuits/{a_circuit(flat.home, 'Attic').pk}",
        lambda _: {"name": "Loft"},
        remove_circuit,
    ),
    "add a circuit": (
        "post",
        lambda flat: f"/homes/{flat.home.slug}/circuits",
        lambda flat: {"name": "Attic", "limit_watts": 1000, "parent_id": flat.main.pk},
        remove_circuit,
    ),
    "add a home": ("post", lambda _: "/homes", lambda _: {"name": "Cabin"}, remove_home),
    "change a home": ("patch", lambda flat: f"/homes/{flat.home.slug}", lambda _: {"name": "Loft"}, remove_home),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_is_told_as_done(
    ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch, case: tuple[str, Any, Any, Remove]
) -> None:
    method, path, body, remove = case
    where, sent = path(flat), body(flat)

    done = before_the_answer(monkeypatch, remove)
    answer = ask(method, where, sent)

    assert answer.status_code == 410
    assert code_of(answer) == "removed_since"
    assert f"as revision {done[0].revision} " in answer.json()["detail"]
    assert done[0].decision is not None
    assert Decision.objects.filter(pk=done[0].decision.pk, outcome="granted").exists()
    assert not MODELS[remove].objects.filter(pk=done[0].subject_id).exists()


def test_where_nothing_was_done_it_is_missing(ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    """The appliance was as asked already, and is gone when that is to be told."""
    before_the_answer(monkeypatch, remove_appliance)
    answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": False})

    assert code_of(answer) == "not_found"
