"""Whether a home may become what somebody wants it to become."""

from dataclasses import dataclass

from appliances.balancer import make_room, overload
from appliances.balancer.make_room import Way
from appliances.balancer.overload import Overload
from appliances.balancer.tree import Breaker, BrokenTree, Cap, Tree


@dataclass(frozen=True, slots=True)
class Numbers:
    """One breaker, as it was and as it would be. The limit is the one it would have."""

    circuit_id: int
    circuit_name: str
    load_before_mw: int
    load_after_mw: int
    limit_mw: int
    cap: Cap | None = None
    """The temporary limit, where that is what binds."""


@dataclass(frozen=True, slots=True)
class Granted:
    at: Numbers
    """The breaker left with the least headroom."""


@dataclass(frozen=True, slots=True)
class Refused:
    at: Numbers
    """The breaker exceeded the most, of those that are the reason."""
    requested_mw: int
    """What the change would add there: nothing when a limit is lowered below the load, and less than nothing
    when it takes off more than it puts on and is still too much."""
    exceeded_by_mw: int
    ways: tuple[Way, ...]


def decide(
    *, before: Tree, after: Tree, wanted: frozenset[int] = frozenset(), about: int | None = None
) -> Granted | Refused:
    """Granted when the change leaves no breaker over its limit that it concerns; exactly the limit is fine.

    A temporary limit may have come into force below the load, so that a breaker is over before anything is
    asked. Then what makes nothing worse is granted, as switching off is; but nothing goes on below it.

    Every breaker is looked at, not only those above the circuit `about`; that one only says which breakers a
    grant speaks of and who is named among equals. `wanted` are the loads never proposed for switching off.
    """
    exceeded = _caused(before, after, about)
    if not exceeded:
        return Granted(at=numbers(_tightest(after, about), before, after))
    worst = exceeded[0]
    at = numbers(worst.breaker, before, after)
    return Refused(
        at=at,
        requested_mw=at.load_after_mw - at.load_before_mw,
        exceeded_by_mw=worst.exceeded_by_mw,
        ways=make_room.ways(after=after, keep=wanted, relieve=frozenset(each.breaker.id for each in exceeded)),
    )


def _caused(before: Tree, after: Tree, about: int | None) -> tuple[Overload, ...]:
    """The exceeded breakers that were exceeded less before, or below which something goes on; worst first."""
    exceeded = overload.overloads(after, about=about)
    if not exceeded:
        return ()
    exceeded_before_mw = {each.breaker.id: each.exceeded_by_mw for each in overload.overloads(before)}
    was_on = {load.id for load in before.loads if load.is_on}
    going_on = (load for load in after.loads if load.is_on and load.id not in was_on)
    above = {breaker.id for load in going_on for breaker in after.path(load.circuit_id)}
    return tuple(
        each
        for each in exceeded
        if each.breaker.id in above
        or each.exceeded_by_mw > exceeded_before_mw.get(each.breaker.id, 0)
        or _is_over_its_own_limit(after, each.breaker)
    )


def _is_over_its_own_limit(tree: Tree, breaker: Breaker) -> bool:
    """Only a temporary limit may lie below what is on; a breaker's own never does, so it was not over it before."""
    return breaker.own_limit_mw is not None and tree.carried_mw(breaker.id) > breaker.own_limit_mw


def _tightest(tree: Tree, about: int | None) -> Breaker:
    if not tree.breakers:
        raise BrokenTree("A home has at least its main circuit.")
    if about is not None:
        return tree.tightest(about)
    carried_mw = tree.all_carried_mw()
    by_id = sorted(tree.breakers, key=lambda each: each.id)
    return min(by_id, key=lambda breaker: breaker.limit_mw - carried_mw[breaker.id])


def numbers(breaker: Breaker, before: Tree, after: Tree) -> Numbers:
    """A breaker before and after a change, and the limit it would have."""
    return Numbers(
        circuit_id=breaker.id,
        circuit_name=breaker.name,
        load_before_mw=before.all_carried_mw().get(breaker.id, 0),
        load_after_mw=after.carried_mw(breaker.id),
        limit_mw=breaker.limit_mw,
        cap=breaker.cap,
    )
