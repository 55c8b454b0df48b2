"""Switching appliances on and off, and swapping some for another."""

from collections.abc import Collection
from datetime import datetime

from appliances.balancer import units
from appliances.models import Appliance
from appliances.models.decision import Action
from appliances.services import turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.turn import Changed, Missing, Turn, facts_of


def switch(*, appliance_id: int, on: bool, by: By, now: datetime) -> Changed:
    """Switch one appliance; succeeds without a record if it already is as asked. Raises Refused, Missing, Busy."""

    def body(here: Turn) -> int:
        set_state(here, here.appliance(appliance_id), on)
        return appliance_id

    return turn.take(home_id=home_of(appliance_id), by=by, now=now, body=body)


def set_state(here: Turn, row: Appliance, on: bool) -> None:  # noqa: FBT001
    """The step of `switch` inside a turn; a refusal is recorded and nothing is switched."""
    if row.is_on == on:
        return

    action = Action.SWITCH_ON if on else Action.SWITCH_OFF
    after = here.tree.switched(on=[row.pk] if on else [], off=[] if on else [row.pk])
    verdict = here.admit(action, row, after=after, about=row.circuit_id, wanted=[row.pk])
    if verdict is None:
        return

    Appliance.objects.filter(pk=row.pk).update(is_on=on)

    here.record(action, row, verdict=verdict, requested_mw=units.to_mw(row.rated) * (1 if on else -1))
    here.appliances.add(row.pk)
    here.circuits.update(breaker.id for breaker in here.tree.path(row.circuit_id))


def swap(*, on_id: int, off_ids: Collection[int], by: By, now: datetime) -> Changed:
    """Switch these off and that one on, all or nothing. Raises Refused, Missing, Invalid, Busy."""
    if on_id in off_ids:
        raise Invalid({"off": ["An appliance cannot make room for itself."]})

    def body(here: Turn) -> int:
        row = here.appliance(on_id)
        going = [here.appliance(pk) for pk in sorted(set(off_ids))]
        running = [load for load in (here.tree.load(one.pk) for one in going) if load.is_on]
        if row.is_on and not running:
            return row.pk

        after = here.tree.switched(on=[row.pk], off=[load.id for load in running])
        facts = {"off": facts_of(running)}
        verdict = here.admit(Action.SWAP, row, after=after, about=row.circuit_id, wanted=[row.pk], facts=facts)
        if verdict is None:
            return row.pk

        # Off before on: the interlock looks at every statement, and so does the wiring.
        Appliance.objects.filter(pk__in=[load.id for load in running]).update(is_on=False)
        Appliance.objects.filter(pk=row.pk).update(is_on=True)

        requested = 0 if row.is_on else units.to_mw(row.rated)
        here.record(Action.SWAP, row, verdict=verdict, requested_mw=requested, facts=facts)
        here.appliances.update([row.pk, *(load.id for load in running)])
        for load in (here.tree.load(row.pk), *running):
            here.circuits.update(breaker.id for breaker in here.tree.path(load.circuit_id))
        return row.pk

    return turn.take(home_id=home_of(on_id), by=by, now=now, body=body)


def home_of(appliance_id: int) -> int:
    """The home an appliance belongs to, which never changes. Raises Missing."""
    home_id = Appliance.objects.filter(pk=appliance_id).values_list("home_id", flat=True).first()
    if home_id is None:
        raise Missing("There is no such appliance.")
    return home_id
