"""Switching off what may be shed: one step for the controller and for who lowers a limit on purpose."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from appliances.balancer import admission, claims, units
from appliances.balancer.admission import Granted, Numbers
from appliances.balancer.shedding import Shedding
from appliances.balancer.tree import Breaker, Load, Tree
from appliances.models import Appliance, Shed
from appliances.models.decision import Action
from appliances.services import switching
from appliances.services.turn import Turn

GIVES_UP_AFTER = timedelta(hours=24)
"""What could not come back by then stays off, so that nothing starts by itself when nobody thinks of it any more."""


def cut(here: Turn, plan: Shedding, *, cause: Mapping[str, Any] | None = None, over: Tree | None = None) -> list[int]:
    """Switch off all that the plan names, a decision each; the ids of those whose return had failed.

    `cause` says why, where it is not the temporary limit in force; `over` is the tree the plan was made for.
    """
    failed = []
    for load in plan.off:
        at = _binding(over or here.tree, load)
        facts = facts_of(here, plan, load, at, cause)
        verdict = Granted(at=numbers(here.tree, at.id, load.id, on=False))
        if load.rules.returns_by_itself and _remember(here, load, facts["cause"]):
            failed.append(load.id)
        switching.carry_out(here, Action.SHED, load, on=False, verdict=verdict, facts=facts)
    return failed


def observe(here: Turn, plan: Shedding, load: Load) -> None:
    """Record that it would have been shed; nothing is touched."""
    at = _binding(here.tree, load)
    verdict = Granted(at=numbers(here.tree, at.id, load.id, on=False))
    facts = facts_of(here, plan, load, at, None)
    switching.observe(here, Action.SHED, load, on=False, verdict=verdict, facts=facts)


def give_up(here: Turn, row: Appliance) -> None:
    """The step inside a turn: it has been off for so long that it stays off."""
    Shed.objects.filter(appliance=row).delete()
    here.record(Action.EXPIRE_SHED, row)
    here.appliances.add(row.pk)


def facts_of(here: Turn, plan: Shedding, load: Load, at: Breaker, cause: Mapping[str, Any] | None) -> dict[str, Any]:
    """Why it is shed, and whether and when it comes back, as the record keeps it."""
    why = dict(cause or (here.limited_by(at.cap.id) if at.cap else {}))
    facts: dict[str, Any] = {"cause": why, "returns": load.rules.returns_by_itself}
    if load.rules.returns_by_itself:
        facts["needs"] = str(units.to_watts(claims.to_return_mw(load, at)))
        facts["hold_seconds"] = claims.HOLD_SECONDS
    if load.id in plan.against_min_on:
        facts["against_min_on"] = True
    return facts


def numbers(tree: Tree, circuit_id: int, load_id: int, *, on: bool) -> Numbers:
    """A breaker before and after one appliance is switched."""
    after = tree.switched(on=[load_id] if on else [], off=[] if on else [load_id])
    return admission.numbers(tree.breaker(circuit_id), tree, after)


def _binding(tree: Tree, load: Load) -> Breaker:
    """The breaker above the load that is over its limit the most."""
    carried_mw = tree.all_carried_mw()
    return max(tree.path(load.circuit_id), key=lambda breaker: carried_mw[breaker.id] - breaker.limit_mw)


def _remember(here: Turn, load: Load, cause: Mapping[str, Any]) -> bool:
    """That it shall come back; says whether it had just done so."""
    before: Shed | None = getattr(here.rows.appliances[load.id], "shed", None)
    recently = timedelta(seconds=claims.FAILED_WITHIN_SECONDS)
    failed = before is not None and before.returned_at is not None and here.now - before.returned_at < recently
    Shed.objects.update_or_create(
        appliance_id=load.id,
        defaults={
            "home": here.home,
            "at": here.now,
            "expires_at": here.now + GIVES_UP_AFTER,
            "cause": dict(cause),
            "failures": before.failures + 1 if before is not None and failed else 0,
            "fits_since": None,
            "returned_at": None,
        },
    )
    return failed
