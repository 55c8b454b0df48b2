"""Looks for the best sets of running loads that relieve every exceeded breaker, within a budget."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from operator import itemgetter

from appliances.balancer.groups import Group, grouped
from appliances.balancer.rank import Rank, rank
from appliances.balancer.relief import Demand, Running, is_needed

BUDGET = 10_000
"""Steps of one search, each a load held against what is missing; 15 to 20 ms on a small computer."""

LARGEST = 12
"""Loads of the largest set looked for: nobody switches off more by hand."""


class OutOfSteps(Exception):
    """The budget is used up; what was found is right, but there may be better."""


class Search:
    """Goes through the irreducible sets of one size after the other; `best` holds the `most` best, ranked.

    A set is picked in falling importance, within a group from the largest down, so each is met once. A branch
    ends when the largest loads left are not enough, when an earlier pick has become needless, or when its
    importances are worse than those of the last of the best. The last pick is looked up, not tried: the
    smallest that is enough has the least surplus, and what makes another needless does so with all larger.
    """

    def __init__(self, running: Sequence[Running], demand: Demand, *, most: int, budget: int = BUDGET) -> None:
        self.best: list[tuple[Rank, tuple[Running, ...]]] = []
        self.steps = 0
        self._running = running
        self._demand = demand
        self._most = most
        self._budget = budget
        self._breakers = len(demand.missing_mw)
        self._groups: tuple[Group, ...] = ()
        self._bounds_mw: dict[tuple[int, int, int], tuple[int, ...]] = {}
        self._size = 0

    def offer(self, off: Sequence[Running]) -> None:
        ranked = rank(off, self._demand)
        if all(known != ranked for known, _ in self.best):
            insort(self.best, (ranked, tuple(off)), key=itemgetter(0))
            del self.best[self._most :]

    def run(self, sizes: range) -> None:
        """The smallest size first; ends as soon as no larger set can be among the best."""
        try:
            for self._size in sizes:
                self._lay_out()
                self._pick((), self._demand.missing_mw, len(self._groups) - 1, None)
                if self._is_full():
                    return
        except OutOfSteps:
            return

    def _lay_out(self) -> None:
        self._spend(len(self._running))
        self._groups = grouped(self._running, breakers=self._breakers, size=self._size, most=self._most)
        self._bounds_mw.clear()

    def _pick(self, off: tuple[Running, ...], missing_mw: tuple[int, ...], last: int, place: int | None) -> None:
        """One more load, of the groups up to the `last` and there from before the `place`."""
        importances = tuple(each.importance for each in off)
        for at, group in enumerate(self._groups[: last + 1]):
            self._spend(1)
            if self._is_worse((*importances, group.importance)):
                return
            before = place if place is not None and at == last else len(group.members)
            if len(off) + 1 == self._size:
                self._pick_last(off, missing_mw, group, before)
            else:
                self._pick_from(off, missing_mw, at, before)

    def _pick_from(self, off: tuple[Running, ...], missing_mw: tuple[int, ...], at: int, before: int) -> None:
        group = self._groups[at]
        for place in range(before - 1, -1, -1):
            self._spend((self._breakers + 1) // 2)
            still_mw = group.missing_mw(missing_mw, place)
            bounds_mw = self._bounds_of(at, place, self._size - len(off) - 1)
            if any(still > bound for still, bound in zip(still_mw, bounds_mw, strict=True)):
                return
            if max(still_mw) > 0 and _all_needed(off, still_mw):
                self._pick((*off, group.members[place]), still_mw, at, place)

    def _pick_last(self, off: tuple[Running, ...], missing_mw: tuple[int, ...], group: Group, before: int) -> None:
        if any(missing > 0 and breaker not in group.under for breaker, missing in enumerate(missing_mw)):
            return
        for place in range(bisect_left(group.rated_mw, max(missing_mw), 0, before), before):
            self._spend((self._breakers + 1) // 2)
            complete = (*off, group.members[place])
            still_mw = group.missing_mw(missing_mw, place)
            if self._is_worse(tuple(each.importance for each in complete), -still_mw[self._demand.worst]):
                return
            if not _all_needed(off, still_mw):
                return
            self._spend(5 + self._size)
            self.offer(complete)

    def _bounds_of(self, at: int, before: int, count: int) -> tuple[int, ...]:
        """The most that so many loads from there on free below each exceeded breaker."""
        key = at, before, count
        if key not in self._bounds_mw:
            self._spend(count * self._breakers)
            most_mw = self._groups[at].most_mw
            self._bounds_mw[key] = tuple(most_mw(breaker, count, before=before) for breaker in range(self._breakers))
        return self._bounds_mw[key]

    def _is_full(self) -> bool:
        """Whether as many as wanted are known that are no larger than the sets being looked at."""
        return len(self.best) == self._most and self.best[-1][0].count <= self._size

    def _is_worse(self, importances: tuple[int, ...], surplus_mw: int | None = None) -> bool:
        """Than the last of the best: a set of the size being looked at that begins with these importances."""
        if not self._is_full():
            return False
        last = self.best[-1][0]
        if surplus_mw is not None and importances == last.importances:
            return surplus_mw > last.surplus_mw
        return importances > last.importances[: len(importances)]

    def _spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > self._budget:
            raise OutOfSteps


def _all_needed(off: Sequence[Running], missing_mw: tuple[int, ...]) -> bool:
    return min(missing_mw) > 0 or all(is_needed(each, missing_mw) for each in off)
