"""Whose decisions are whose, looked for step by step along the record: slow, and finds what a matching may miss.

A matching knows between which moments a decision was taken by what is certain around it; not that one choice narrows
the next. Here every choice moves the clock on, and one that leads nowhere is taken back.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import inf

from tests.linear import matching
from tests.linear.operations import DONE, Operation
from tests.linear.record import Row

MOST_STEPS = 20_000
"""Then it is given up: so many choices are open only where the history is wrong."""

Looks = Collection[tuple[int, Operation]]


class _Search:
    def __init__(
        self, certain: Mapping[int, Operation], looks: Looks, rows: Sequence[Row], open_to: Sequence[Operation]
    ) -> None:
        self.certain, self.rows = certain, rows
        self.looks: dict[int, list[Operation]] = {}
        for revision, one in looks:
            self.looks.setdefault(revision, []).append(one)
        ordered = sorted(open_to, key=lambda one: (one.answered_at, one.asked_at))
        self.open_to: dict[tuple[str, int], list[Operation]] = {}
        for one in ordered:
            if one.wanted is not None:
                self.open_to.setdefault((one.wanted.action, one.wanted.subject_id), []).append(one)
        self.must = [one for one in ordered if one.answer is not None and one.answer.outcome != DONE]
        self.placed: dict[int, Operation] = {}
        self.used: set[int] = set()

    def run(self) -> dict[int, Operation] | None:
        """Along the record; the last of `trying` is the choice at the place we are at."""
        trying: list[tuple[float, Iterator[Operation]]] = [(-inf, self._choices(0, -inf))]
        for _step in range(MOST_STEPS):
            place = len(trying) - 1
            clock, choices = trying[-1]
            self._take_back(place)
            chosen = next(choices, None)
            if chosen is None:
                trying.pop()
                if not trying:
                    return None
                continue
            later = self._passed(place, chosen, clock)
            if later is None:
                continue
            if place + 1 == len(self.rows):
                if all(id(one) in self.used for one in self.must):
                    return self.placed
                continue
            trying.append((later, self._choices(place + 1, later)))
        return None

    def _choices(self, place: int, clock: float) -> Iterator[Operation]:
        row = self.rows[place]
        if row.revision in self.certain:
            yield self.certain[row.revision]
            return
        lost: set[object] = set()
        for one in self.open_to.get((row.action, row.subject_id), ()):
            if id(one) in self.used or one.answered_at < clock or not matching.fits(one, row):
                continue
            if one.answer is None:  # of several alike the first asked for is as good as any
                if (one.wanted, one.by) in lost:
                    continue
                lost.add((one.wanted, one.by))
            yield one

    def _take_back(self, place: int) -> None:
        taken = self.placed.pop(self.rows[place].revision, None)
        if taken is not None:
            self.used.discard(id(taken))

    def _passed(self, place: int, chosen: Operation, clock: float) -> float | None:
        """The clock after this decision and what looked at it; None where that cannot be."""
        revision = self.rows[place].revision
        if revision not in self.certain:
            self.placed[revision] = chosen
            self.used.add(id(chosen))
        if chosen.answered_at < clock:
            return None
        clock = max(clock, chosen.asked_at)
        looks = self.looks.get(revision, ())
        if any(one.answered_at < clock for one in looks):
            return None
        clock = max([clock, *(one.asked_at for one in looks)])
        waiting = next((one for one in self.must if id(one) not in self.used), None)
        return None if waiting is not None and waiting.answered_at < clock else clock


def matched(
    certain: Mapping[int, Operation], looks: Looks, rows: Sequence[Row], open_to: Sequence[Operation]
) -> dict[int, Operation] | None:
    """The operations of the decisions that are not certain, by revision, in an order that can have been; or None."""
    return _Search(certain, looks, rows, open_to).run() if rows else None
