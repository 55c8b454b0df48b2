"""Which appliances are cut at once when a home carries more than it may."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from appliances.balancer import overload, resting
from appliances.balancer.overload import Overload
from appliances.balancer.tree import Load, Tree


@dataclass(frozen=True, slots=True)
class Shedding:
    off: tuple[Load, ...]
    """In the order they are cut: the least important first, those inside their minimum on time last."""
    against_min_on: frozenset[int]
    """The ids of those cut before their minimum on time was over, because nothing else was left."""
    left: tuple[Overload, ...]
    """What is still exceeded after that, worst first."""


def eligible(load: Load) -> bool:
    """Whether it may be cut: the one answer, whoever asks."""
    return load.is_on and load.rules.may_be_shed and load.rules.may_be_interrupted


def plan(tree: Tree, now: datetime, *, keep: frozenset[int] = frozenset()) -> Shedding:
    """The least important below what is exceeded, until it is relieved; then none of them could stay on.

    Where they do not suffice, all that helps is cut at once and `left` says what is missing: cutting more
    later would not help either.
    """
    excess_mw = {each.breaker.id: each.exceeded_by_mw for each in overload.overloads(tree)}
    if not excess_mw:
        return Shedding((), frozenset(), ())
    candidates = (load for load in tree.loads if eligible(load) and load.id not in keep)
    off = _pruned(tree, _enough(tree, _in_order(candidates, now), excess_mw), excess_mw)
    return Shedding(
        off=off,
        against_min_on=frozenset(load.id for load in off if resting.stays_on_until(load, now)),
        left=overload.overloads(tree.switched(off=[load.id for load in off])),
    )


def _in_order(loads: Iterable[Load], now: datetime) -> list[Load]:
    def order(load: Load) -> tuple[bool, int, int]:
        return resting.stays_on_until(load, now) is not None, -load.priority, -load.id

    return sorted(loads, key=order)


def _enough(tree: Tree, in_order: Iterable[Load], excess_mw: dict[int, int]) -> list[Load]:
    """The first that lie below something still exceeded; what they free is taken off `excess_mw`."""
    off = []
    for load in in_order:
        above = _exceeded_above(tree, load, excess_mw)
        if any(excess_mw[circuit_id] > 0 for circuit_id in above):
            off.append(load)
            for circuit_id in above:
                excess_mw[circuit_id] -= load.rated_mw
    return off


def _pruned(tree: Tree, off: Iterable[Load], excess_mw: dict[int, int]) -> tuple[Load, ...]:
    """Gives back what the later cuts have made needless, the last cut first.

    Once round is enough: giving back frees nothing, so what was needed stays needed.
    """
    needed = []
    for load in reversed(list(off)):
        above = _exceeded_above(tree, load, excess_mw)
        if any(excess_mw[circuit_id] + load.rated_mw > 0 for circuit_id in above):
            needed.append(load)
        else:
            for circuit_id in above:
                excess_mw[circuit_id] += load.rated_mw
    return tuple(reversed(needed))


def _exceeded_above(tree: Tree, load: Load, excess_mw: dict[int, int]) -> list[int]:
    return [above.id for above in tree.path(load.circuit_id) if above.id in excess_mw]
