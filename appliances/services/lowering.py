"""A limit lowered below its load on purpose: what would be shed is shown first, then done with it, all or nothing."""

from collections.abc import Collection, Mapping
from typing import Any

from appliances.balancer import shedding as plans
from appliances.balancer.tree import Tree
from appliances.models import Circuit
from appliances.services import shedding
from appliances.services.facts import of_loads
from appliances.services.turn import Turn


class PreviewChanged(Exception):
    """What would have to be switched off is no longer what was agreed to; nothing was changed."""

    def __init__(self, off: list[dict[str, Any]]) -> None:
        super().__init__("Other appliances would have to be switched off by now.")
        self.off = off


def make_room(here: Turn, after: Tree, agreed: Collection[int], facts: dict[str, Any], row: Circuit) -> Tree:
    """Switch off what must be for the home to become `after`, if that is what was agreed to; what `after` is then.

    Nothing is switched off where it would not be enough: the change itself is refused then. Raises PreviewChanged.
    """
    plan = plans.plan(after, here.now)
    if plan.left or not plan.off:
        return after
    off = [load.id for load in plan.off]
    if sorted(off) != sorted(agreed):
        raise PreviewChanged(of_loads(plan.off))
    cause = {"kind": "lowered", "circuit": row.name, "by": here.by.name}
    facts["off"] = of_loads(plan.off)
    shedding.cut(here, plan, cause=cause | _limit(facts), over=after)
    return after.switched(off=off)


def offer(here: Turn, after: Tree) -> dict[str, Any]:
    """For the refusal of such a change: what would be switched off with it, in order, where that would be enough."""
    plan = plans.plan(after, here.now)
    return {"would_shed": of_loads(plan.off)} if plan.off and not plan.left else {}


def _limit(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"limit": facts["changes"]["limit"][1]} if "limit" in facts["changes"] else {}
