"""Whether a home may become what somebody wants it to become."""

from dataclasses import dataclass

from appliances.balancer import make_room, overload
from appliances.balancer.make_room import Way
from appliances.balancer.tree import Breaker, BrokenTree, Tree


@dataclass(frozen=True, slots=True)
class Numbers:
    """One breaker, as it was and as it would be. The limit is the one it would have."""

    circuit_id: int
    circuit_name: str
    load_before_mw: int
    load_after_mw: int
    limit_mw: int


@dataclass(frozen=True, slots=True)
class Granted:
    at: Numbers
    """The breaker left with the least headroom."""


@dataclass(frozen=True, slots=True)
class Refused:
    at: Numbers
    """The breaker exceeded the most."""
    requested_mw: int
    """What the change would add there; nothing when a limit is lowered below the load."""
    exceeded_by_mw: int
    ways: tuple[Way, ...]


def decide(
    *, before: Tree, after: Tree, wanted: frozenset[int] = frozenset(), about: int | None = None
) -> Granted | Refused:
    """Granted when no breaker of `after` carries more than its limit; exactly the limit is fine.

    Every breaker is looked at, not only those above the circuit `about`; that one only says which breakers a
    grant speaks of and who is named among equals. `wanted` are the loads never proposed for switching off.
    """
    exceeded = overload.overloads(after, about=about)
    if not exceeded:
        return Granted(at=_numbers(_tightest(after, about), before, after))
    worst = exceeded[0]
    at = _numbers(worst.breaker, before, after)
    return Refused(
        at=at,
        requested_mw=at.load_after_mw - at.load_before_mw,
        exceeded_by_mw=worst.exceeded_by_mw,
        ways=make_room.ways(after=after, keep=wanted),
    )


def _tightest(tree: Tree, about: int | None) -> Breaker:
    if not tree.breakers:
        raise BrokenTree("A home has at least its main circuit.")
    carried_mw = tree.all_carried_mw()
    concerned = sorted(tree.breakers, key=lambda each: each.id) if about is None else tree.path(about)
    return min(concerned, key=lambda breaker: breaker.limit_mw - carried_mw[breaker.id])


def _numbers(breaker: Breaker, before: Tree, after: Tree) -> Numbers:
    return Numbers(
        circuit_id=breaker.id,
        circuit_name=breaker.name,
        load_before_mw=before.all_carried_mw().get(breaker.id, 0),
        load_after_mw=after.carried_mw(breaker.id),
        limit_mw=breaker.limit_mw,
    )
