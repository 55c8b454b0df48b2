"""Which appliances to switch off so that every exceeded breaker is within its limit again."""

from collections.abc import Sequence
from dataclasses import dataclass

from appliances.balancer import overload
from appliances.balancer.overload import Overload
from appliances.balancer.relief import Demand, Running, in_falling_watts, largest_first, longest, required
from appliances.balancer.search import LARGEST, Search
from appliances.balancer.tree import Load, Tree


@dataclass(frozen=True, slots=True)
class Way:
    off: tuple[Load, ...]
    """What makes room first comes first."""
    freed_mw: int


def ways(*, after: Tree, keep: frozenset[int], most: int = 3, relieve: frozenset[int] | None = None) -> tuple[Way, ...]:
    """The best ways to make room, none when there is no way; in none of them could a load stay on.

    Room is made at the circuits to `relieve`, without it at every exceeded one. Ways that interrupt nothing
    that ought not to be come first; the others only fill up.
    """
    exceeded = tuple(each for each in overload.overloads(after) if relieve is None or each.breaker.id in relieve)
    if not exceeded:
        return ()
    fragile = frozenset(load.id for load in after.loads if load.is_on and not load.rules.may_be_interrupted)
    found = _ways(after, exceeded, keep | fragile, most)
    if len(found) < most and not fragile <= keep:
        others = _ways(after, exceeded, keep, most)
        found += tuple(way for way in others if not fragile.isdisjoint(load.id for load in way.off))
    return found[:most]


def _ways(after: Tree, exceeded: Sequence[Overload], keep: frozenset[int], most: int) -> tuple[Way, ...]:
    """The best that spare what is to be kept.

    Fewest loads come first, then the least important, then least surplus (`rank`). Loads that are part of every
    way are set aside beforehand. For the rest, taking the largest first gives the fewest (the reason stands
    at `largest_first`), once for each importance as the highest touched. From that size up, `Search` goes
    through all irreducible sets until enough are known that no larger one can be among the best.

    The search is bounded by `search.BUDGET`, so a thousand running loads cost little more than fifty. In homes
    of up to 25 it was never short of a way of up to four loads. Where it is cut short, each load of the best
    way is spared in turn, which finds a second way wherever there is one.
    """
    inmost_first = sorted(exceeded, key=lambda each: -len(after.path(each.breaker.id)))
    demand = Demand(tuple(each.exceeded_by_mw for each in inmost_first), worst=inmost_first.index(exceeded[0]))
    running = _running(after, inmost_first, keep)
    always = required(running, demand)
    demand = demand.after(always)
    if demand.is_met():
        return (_way(always),)
    optional = in_falling_watts(each for each in running if each not in always and demand.concerns(each))
    return tuple(_way((*always, *off)) for off in _best(optional, demand, most))


def _running(tree: Tree, exceeded: Sequence[Overload], keep: frozenset[int]) -> tuple[Running, ...]:
    places = {each.breaker.id: place for place, each in enumerate(exceeded)}
    return tuple(
        Running(load, under)
        for load in tree.loads
        if load.is_on and load.id not in keep
        if (under := tuple(places[above.id] for above in tree.path(load.circuit_id) if above.id in places))
    )


def _best(falling: Sequence[Running], demand: Demand, most: int) -> tuple[tuple[Running, ...], ...]:
    search = Search(falling, demand, most=most)
    for importance in sorted({each.importance for each in falling}):
        if off := largest_first((each for each in falling if each.importance <= importance), demand):
            search.offer(off)
    if not search.best:
        return ()
    fewest, best = search.best[0][0].count, search.best[0][1]
    search.run(range(fewest, min(longest(falling, demand), LARGEST) + 1))
    if len(search.best) < most or search.best[-1][0].count > fewest:
        for spared in best[:LARGEST]:
            if off := largest_first((each for each in falling if each is not spared), demand):
                search.offer(off)
    return tuple(off for _, off in search.best)


def _way(off: tuple[Running, ...]) -> Way:
    loads = tuple(sorted((each.load for each in off), key=lambda load: (-load.priority, load.id)))
    return Way(off=loads, freed_mw=sum(load.rated_mw for load in loads))
