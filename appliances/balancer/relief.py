"""What running loads would free below the breakers that are exceeded, and which of them are enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from appliances.balancer.tree import Load


@dataclass(frozen=True, slots=True)
class Running:
    """A load that may be switched off, and the exceeded breakers above it, as places in a `Demand`."""

    load: Load
    under: tuple[int, ...]

    @property
    def importance(self) -> int:
        """The lower, the sooner it makes room: its place in the home's order, turned round."""
        return -self.load.priority


@dataclass(frozen=True, slots=True)
class Demand:
    """What is missing at each exceeded breaker, the deepest breaker first; 0 or less where nothing is."""

    missing_mw: tuple[int, ...]
    worst: int
    """The place of the breaker exceeded the most."""

    def after(self, off: Iterable[Running]) -> "Demand":
        missing_mw = list(self.missing_mw)
        for each in off:
            for at in each.under:
                missing_mw[at] -= each.load.rated_mw
        return Demand(tuple(missing_mw), self.worst)

    def is_met(self) -> bool:
        return max(self.missing_mw) <= 0

    def concerns(self, each: Running) -> bool:
        return any(self.missing_mw[at] > 0 for at in each.under)


def is_needed(each: Running, missing_mw: Sequence[int]) -> bool:
    """Whether something would be missing if that one, counted as off, were on again."""
    return any(missing_mw[at] + each.load.rated_mw > 0 for at in each.under)


def required(running: Sequence[Running], demand: Demand) -> tuple[Running, ...]:
    """Those without which all the others together are not enough: part of every way there is."""
    with_all_off = demand.after(running)
    return tuple(each for each in running if is_needed(each, with_all_off.missing_mw))


def in_falling_watts(running: Iterable[Running]) -> tuple[Running, ...]:
    return tuple(sorted(running, key=lambda each: (-each.load.rated_mw, each.importance, each.load.id)))


def largest_first(falling: Iterable[Running], demand: Demand) -> tuple[Running, ...]:
    """The fewest loads, given in falling watts, that are enough; none when all together are not.

    From the deepest exceeded breaker outwards, the largest loads below it until it is relieved. What a
    breaker needs must come from below it; of all sets of that size the largest loads do the most for it and,
    because demands are nested, for every breaker further out. So no set does with fewer, and none of these
    could stay on, or fewer would do.
    """
    below: list[list[Running]] = [[] for _ in demand.missing_mw]
    for each in falling:
        for at in each.under:
            below[at].append(each)
    missing_mw = list(demand.missing_mw)
    off: dict[int, Running] = {}
    for at, candidates in enumerate(below):
        for each in candidates:
            if missing_mw[at] <= 0:
                break
            if each.load.id not in off:
                off[each.load.id] = each
                for above in each.under:
                    missing_mw[above] -= each.load.rated_mw
        if missing_mw[at] > 0:
            return ()
    return tuple(off.values())


def longest(running: Sequence[Running], demand: Demand) -> int:
    """No irreducible way has more loads: what one breaker needs is too little for it without any one of them."""
    return sum(
        sum(sum_mw < missing for sum_mw in _sums_of_smallest(running, at))
        for at, missing in enumerate(demand.missing_mw)
    )


def _sums_of_smallest(running: Sequence[Running], at: int) -> Iterable[int]:
    return accumulate(sorted(each.load.rated_mw for each in running if at in each.under), initial=0)
