"""Adding, changing, moving and removing appliances."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appliances.models import Appliance, Circuit
from appliances.models.decision import Action
from appliances.services import changes, claims, ordering, presets, reading, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid, clean
from appliances.services.outcome import Changed
from appliances.services.switching import home_of
from appliances.services.turn import Turn

RULES = (
    "may_be_shed",
    "may_be_interrupted",
    "returns_by_itself",
    "min_on_seconds",
    "min_off_seconds",
    "max_on_seconds",
)
FIELDS = ("name", "kind", "circuit_id", "rated", "priority", *RULES, "note")
RECORDED = (*FIELDS, "is_on")


def add(*, home_id: int, wanted: Mapping[str, Any], by: By, now: datetime) -> Changed:
    """Plug in a new appliance, switched off. `wanted` holds FIELDS. Raises Invalid, Missing, Busy."""

    def body(here: Turn) -> int:
        return put(here, wanted).pk

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def put(here: Turn, wanted: Mapping[str, Any]) -> Appliance:
    """The step of `add` inside a turn; what is not said is as is usual for the kind."""
    row = Appliance(home=here.home)
    preset = presets.of(str(wanted.get("kind", row.kind)))
    usual = {**preset.fields(), "priority": ordering.last_place(here.home.pk)}
    changes.apply(row, {**usual, **wanted}, FIELDS)
    _check_circuit(here, row)
    clean(row)
    _check_times(row)

    row.save(force_insert=True)

    facts: dict[str, Any] = {"changes": changes.all_of(row, RECORDED)}
    if preset.comes_first and "priority" not in wanted:
        facts["order"] = ordering.put_first(row)
    here.record(Action.ADD_APPLIANCE, row, facts=facts)
    here.appliances.add(row.pk)
    here.circuits.add(row.circuit_id)
    return row


def change(*, appliance_id: int, wanted: Mapping[str, Any], by: By, now: datetime) -> Changed:
    """Change what `wanted` names; while it is on it must still fit. Raises Refused, Invalid, Missing, Busy."""

    def body(here: Turn) -> int:
        row = here.appliance(appliance_id)
        was_at = row.circuit_id
        changed = changes.apply(row, wanted, FIELDS)
        if not changed:
            return row.pk
        _check_circuit(here, row)
        clean(row)
        _check_times(row)

        facts = {"changes": changed}
        after = here.tree.with_load(reading.load(row))
        verdict = here.admit(
            Action.CHANGE_APPLIANCE, row, after=after, about=row.circuit_id, wanted=[row.pk], facts=facts
        )
        if verdict is None:
            return row.pk

        row.save(update_fields=list(changed))
        if not row.returns_by_itself and claims.shed(row):
            claims.give_up(row)

        here.record(Action.CHANGE_APPLIANCE, row, verdict=verdict if row.is_on else None, facts=facts)
        here.appliances.add(row.pk)
        for circuit_id in {was_at, row.circuit_id}:
            here.circuits.update(breaker.id for breaker in here.tree.path(circuit_id))
        return row.pk

    return turn.take(home_id=home_of(appliance_id), by=by, now=now, body=body)


def remove(*, appliance_id: int, by: By, now: datetime) -> Changed:
    """Take an appliance away; if it was on, its watts are free. Raises Missing, Busy."""

    def body(here: Turn) -> int:
        row = here.appliance(appliance_id)
        after = here.tree.without_load(row.pk)
        verdict = here.admit(Action.REMOVE_APPLIANCE, row, after=after, about=row.circuit_id)

        here.record(
            Action.REMOVE_APPLIANCE,
            row,
            verdict=verdict if row.is_on else None,
            facts={"changes": changes.none_left(row, RECORDED)},
        )
        row.delete()

        here.appliances.add(appliance_id)
        here.circuits.update(breaker.id for breaker in here.tree.path(row.circuit_id))
        return appliance_id

    return turn.take(home_id=home_of(appliance_id), by=by, now=now, body=body)


def _check_circuit(here: Turn, row: Appliance) -> None:
    if row.circuit_id is None:
        raise Invalid({"circuit_id": [_("Choose the circuit it is plugged in at.")]})
    if not Circuit.objects.filter(pk=row.circuit_id, home=here.home).exists():
        raise Invalid({"circuit_id": [_("There is no such circuit in this home.")]})


def _check_times(row: Appliance) -> None:
    if row.max_on_seconds is not None and row.max_on_seconds < row.min_on_seconds:
        raise Invalid({"max_on_seconds": [_("It would be switched off before it has been on for as long as it must.")]})
