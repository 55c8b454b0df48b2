"""Running loads that differ in nothing but watts and name, and the most that some of them free together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, islice

from appliances.balancer.relief import Running


@dataclass(frozen=True, slots=True)
class Group:
    """Of one importance and below the same exceeded breakers; the smallest first."""

    importance: int
    under: frozenset[int]
    members: tuple[Running, ...]
    rated_mw: tuple[int, ...]
    sums_mw: tuple[int, ...]
    """Of the first none, one, two, … members."""
    lower_mw: tuple[Sequence[int], ...]
    """For each exceeded breaker, the sums of the largest none, one, two, … below it in the groups before."""

    def missing_mw(self, before_mw: tuple[int, ...], place: int) -> tuple[int, ...]:
        """What is still missing once the member at that place is off."""
        rated_mw = self.rated_mw[place]
        return tuple([mw - rated_mw if breaker in self.under else mw for breaker, mw in enumerate(before_mw)])

    def most_mw(self, breaker: int, count: int, *, before: int) -> int:
        """The most that so many free below a breaker: members before that place, and the groups before."""
        lower_mw = self.lower_mw[breaker]
        own = min(count, before) if breaker in self.under else 0
        return max(
            self.sums_mw[before] - self.sums_mw[before - members] + lower_mw[min(count - members, len(lower_mw) - 1)]
            for members in range(own + 1)
        )


def grouped(running: Iterable[Running], *, breakers: int, size: int, most: int) -> tuple[Group, ...]:
    """The least important first, with what the `most` best sets of that size can be made of.

    Of loads that are alike down to their watts the first few will do: a set with a later one has too many
    betters that differ from it only in a lower id.
    """

    def kind(each: Running) -> tuple[int, tuple[int, ...]]:
        return each.importance, each.under

    def looks(each: Running) -> tuple[int, tuple[int, ...], int]:
        return *kind(each), each.load.rated_mw

    in_order = sorted(running, key=lambda each: (looks(each), each.load.id))
    useful = [each for _, alike in groupby(in_order, key=looks) for each in islice(alike, size + most - 1)]
    groups = []
    below_mw: list[list[int]] = [[] for _ in range(breakers)]
    lower_mw: list[Sequence[int]] = [(0,)] * breakers
    for (importance, under), together in groupby(useful, key=kind):
        members = tuple(together)
        rated_mw = tuple(each.load.rated_mw for each in members)
        sums_mw = tuple(accumulate(rated_mw, initial=0))
        groups.append(Group(importance, frozenset(under), members, rated_mw, sums_mw, tuple(lower_mw)))
        for breaker in under:
            below_mw[breaker] = sorted((*below_mw[breaker], *rated_mw[-size:]), reverse=True)[:size]
            lower_mw[breaker] = tuple(accumulate(below_mw[breaker], initial=0))
    return tuple(groups)
