"""Switching appliances on and off, and swapping some for another."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from appliances.balancer import resting, units
from appliances.balancer.admission import Granted
from appliances.balancer.tree import Load
from appliances.models import Appliance, quick
from appliances.models.decision import Action, Outcome
from appliances.services import claims, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.facts import of_loads
from appliances.services.outcome import Changed, Missing
from appliances.services.turn import Turn


def switch(*, appliance_id: int, on: bool, by: By, now: datetime, home_id: int | None = None) -> Changed:
    """Switch one appliance; succeeds without a record if it already is as asked. Raises Refused, Missing, Busy.

    `home_id` where the caller has it already.
    """

    def body(here: Turn) -> int:
        set_state(here, here.appliance(appliance_id), on)
        return appliance_id

    return turn.take(home_id=home_id or home_of(appliance_id), by=by, now=now, body=body)


def set_state(here: Turn, row: Appliance, on: bool) -> None:  # noqa: FBT001
    """The step of `switch` inside a turn; a refusal is recorded and nothing is switched."""
    rows = here.rows
    if row.is_on == on:
        here.after = rows
        if not on and claims.give_up(row):
            # Off by hand while it waits or is shed: it stays off.
            here.after = None
            here.record(Action.SWITCH_OFF, row, requested_mw=0, facts={"stays_off": True})
            here.appliances.add(row.pk)
        return
    if on and must_rest(here, Action.SWITCH_ON, row):
        here.after = rows
        return

    action = Action.SWITCH_ON if on else Action.SWITCH_OFF
    after = here.tree.switched(on=[row.pk] if on else [], off=[] if on else [row.pk], at=here.now)
    verdict = here.admit(action, row, after=after, about=row.circuit_id, wanted=[row.pk])
    if verdict is None:
        here.after = rows
        return

    turn_over(here, [row.pk], on=on)
    if claims.waiting(row) or claims.ever_shed(row):
        claims.give_up(row)
    else:
        here.after = rows.switched([row.pk], after)

    here.record(action, row, verdict=verdict, requested_mw=units.to_mw(row.rated) * (1 if on else -1))
    here.appliances.add(row.pk)
    here.circuits.update(breaker.id for breaker in here.tree.path(row.circuit_id))


def turn_over(here: Turn, ids: Collection[int], *, on: bool) -> None:
    """Write what is on: the only statement that does."""
    for pk in ids:
        quick.update(Appliance, pk, is_on=on, switched_at=here.now)


def carry_out(here: Turn, action: Action, load: Load, *, on: bool, verdict: Granted, facts: Mapping[str, Any]) -> None:
    """One step of VoltSafe's own: switch it, record it, and let the next step see it."""
    turn_over(here, [load.id], on=on)
    here.record(action, here.appliance(load.id), verdict=verdict, requested_mw=_change_mw(load, on=on), facts=facts)
    here.appliances.add(load.id)
    here.circuits.update(breaker.id for breaker in here.tree.path(load.circuit_id))
    here.rows = replace(here.rows, tree=here.tree.switched(on=[load.id] if on else [], off=[] if on else [load.id]))


def observe(here: Turn, action: Action, load: Load, *, on: bool, verdict: Granted, facts: Mapping[str, Any]) -> None:
    """Record such a step as one that would have been taken."""
    row, change_mw = here.appliance(load.id), _change_mw(load, on=on)
    here.record(action, row, verdict=verdict, requested_mw=change_mw, facts=facts, outcome=Outcome.OBSERVED)
    here.appliances.add(load.id)


def _change_mw(load: Load, *, on: bool) -> int:
    return load.rated_mw if on else -load.rated_mw


def must_rest(here: Turn, action: Action, row: Appliance, facts: Mapping[str, Any] | None = None) -> bool:
    """Whether it was switched off too short a time ago (a compressor's rest); then the refusal is recorded."""
    until = resting.rests_until(here.tree.load(row.pk), here.now)
    if until is None:
        return False
    facts = {**(facts or {}), "rests_until": here.local(until)}
    here.record(action, row, facts=facts, outcome=Outcome.REFUSED)
    return True


def swap(*, on_id: int, off_ids: Collection[int], by: By, now: datetime, home_id: int | None = None) -> Changed:
    """Switch these off and that one on, all or nothing. Raises Refused, Missing, Invalid, Busy."""
    if on_id in off_ids:
        raise Invalid({"off": ["An appliance cannot make room for itself."]})

    def body(here: Turn) -> int:
        row = here.appliance(on_id)
        going = [here.appliance(pk) for pk in sorted(set(off_ids))]
        running = [load for load in (here.tree.load(one.pk) for one in going) if load.is_on]
        if row.is_on and not running:
            return row.pk
        facts = {"off": of_loads(running)}
        if not row.is_on and must_rest(here, Action.SWAP, row, facts):
            return row.pk

        after = here.tree.switched(on=[row.pk], off=[load.id for load in running])
        verdict = here.admit(Action.SWAP, row, after=after, about=row.circuit_id, wanted=[row.pk], facts=facts)
        if verdict is None:
            return row.pk

        # Off before on: the interlock looks at every statement, and so does the wiring.
        turn_over(here, [load.id for load in running], on=False)
        if not row.is_on:
            turn_over(here, [row.pk], on=True)
        claims.give_up(row)

        requested = 0 if row.is_on else units.to_mw(row.rated)
        here.record(Action.SWAP, row, verdict=verdict, requested_mw=requested, facts=facts)
        here.appliances.update([row.pk, *(load.id for load in running)])
        for load in (here.tree.load(row.pk), *running):
            here.circuits.update(breaker.id for breaker in here.tree.path(load.circuit_id))
        return row.pk

    return turn.take(home_id=home_id or home_of(on_id), by=by, now=now, body=body)


def home_of(appliance_id: int) -> int:
    """The home an appliance belongs to, which never changes. Raises Missing."""
    home_id = Appliance.objects.filter(pk=appliance_id).values_list("home_id", flat=True).first()
    if home_id is None:
        raise Missing("There is no such appliance.")
    return home_id
