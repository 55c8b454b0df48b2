"""Which decision is whose, where the answer does not say: a matching that leaves nothing over, if there is one."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate
from math import inf

from tests.linear import moments
from tests.linear.operations import DONE, Operation
from tests.linear.record import GRANTED, Row

Whose = dict[int, Operation]


def fits(one: Operation, row: Row) -> bool:
    """Whether the decision may be what was taken on this."""
    if one.wanted is None or (row.action, row.subject_id) != (one.wanted.action, one.wanted.subject_id):
        return False
    if (one.by and row.by and one.by != row.by) or not moments.is_within(one, row):
        return False
    answer = one.answer
    if answer is not None:
        if row.outcome != (GRANTED if answer.outcome == DONE else answer.outcome):
            return False
        if answer.numbers is not None and answer.numbers != row.numbers:
            return False
        if answer.rests_until is not None and answer.rests_until != row.rests_until:
            return False
    return one.wanted.is_told_by(row)


def matched(
    certain: Mapping[int, Operation],
    looks: Collection[tuple[int, Operation]],
    rows: Iterable[Row],
    open_to: Iterable[Operation],
) -> Whose:
    """The operations of these decisions by revision; what has to be in the record comes first.

    `certain` are known; they and the `looks` at a revision say between which moments every other decision was taken.
    """
    rows = list(rows)
    asked_by, answered_by = _moments(certain, looks, [row.revision for row in rows])
    free = [row for row in rows if row.revision not in certain]
    places: dict[tuple[str, int], list[int]] = {}
    for place, row in enumerate(free):
        places.setdefault((row.action, row.subject_id), []).append(place)
    waiting = sorted((one for one in open_to if one.wanted), key=_first_those_that_must_be_there)
    may_be = [
        [
            place
            for place in places.get((one.wanted.action, one.wanted.subject_id), ())
            if asked_by[free[place].revision] <= one.answered_at
            and answered_by[free[place].revision] >= one.asked_at
            and fits(one, free[place])
        ]
        for one in waiting
        if one.wanted
    ]
    of_place: dict[int, int] = {}
    for number in range(len(waiting)):
        _give(number, may_be, of_place, set())
    found = {free[place].revision: waiting[number] for place, number in of_place.items()}
    by_revision = {row.revision: row for row in free}
    return _in_the_order_of_asking(_those_first_that_were_answered_first(found, by_revision, answered_by), by_revision)


def _give(number: int, may_be: list[list[int]], of_place: dict[int, int], tried: set[int]) -> bool:
    """Find the operation a place, others moving up where they can; nobody who has one loses it."""
    for place in may_be[number]:
        if place not in tried:
            tried.add(place)
            if place not in of_place or _give(of_place[place], may_be, of_place, tried):
                of_place[place] = number
                return True
    return False


def _first_those_that_must_be_there(one: Operation) -> tuple[bool, bool, float]:
    return one.answer is None, one.answer is not None and one.answer.outcome == DONE, one.answered_at


def _moments(
    certain: Mapping[int, Operation], looks: Collection[tuple[int, Operation]], revisions: Collection[int]
) -> tuple[dict[int, float], dict[int, float]]:
    """By revision: the latest moment at which something before it was asked, the earliest of an answer after it."""
    asked = {pk: certain[pk].asked_at if pk in certain else -inf for pk in revisions}
    answered = {pk: certain[pk].answered_at if pk in certain else inf for pk in revisions}
    for revision, look in looks:
        if revision in answered:
            answered[revision] = min(answered[revision], look.answered_at)
        if revision + 1 in asked:
            asked[revision + 1] = max(asked[revision + 1], look.asked_at)
    latest = accumulate(asked.values(), max)
    earliest = accumulate(reversed(answered.values()), min)
    return dict(zip(asked, latest, strict=True)), dict(zip(reversed(answered), earliest, strict=True))


def _those_first_that_were_answered_first(
    found: Whose, rows: Mapping[int, Row], answered_by: Mapping[int, float]
) -> Whose:
    """Decisions that nothing tells apart, dealt out anew: each to the one that was answered first of those that had
    been asked by then. Whoever has more time takes the later place."""
    alike: dict[object, list[int]] = {}
    for revision in sorted(found):
        row = rows[revision]
        told = row.action, row.subject_id, row.outcome, row.by, row.numbers, row.rests_until, row.off, str(row.changed)
        alike.setdefault(told, []).append(revision)
    for revisions in alike.values():
        left = sorted((found[one] for one in revisions), key=lambda one: one.answered_at)
        dealt: Whose = {}
        for revision in revisions:
            asked = (one for one in left if one.asked_at <= answered_by[revision] and fits(one, rows[revision]))
            if (first := next(asked, None)) is None:
                break
            left.remove(first)
            dealt[revision] = first
        else:
            found.update(dealt)
    return found


NEAR = 16
"""Decisions alike between two that could be each other's: more than are ever under way at once."""


def _near(revisions: list[int]) -> Iterator[tuple[int, int]]:
    """Every two of them that are not far from each other, the earlier first."""
    return ((first, second) for at, first in enumerate(revisions) for second in revisions[at + 1 : at + 1 + NEAR])


def _in_the_order_of_asking(found: Whose, rows: Mapping[int, Row]) -> Whose:
    """Two that could be each other's change places where one was answered before the other was asked.

    Not only neighbours: between them may stand one that was under way all the while.
    """
    settled = False
    while not settled:
        settled = True
        alike: dict[tuple[str, int], list[int]] = {}
        for revision in sorted(found):
            alike.setdefault((rows[revision].action, rows[revision].subject_id), []).append(revision)
        for revisions in alike.values():
            for first, second in _near(revisions):
                one, other = found[first], found[second]
                if other.answered_at < one.asked_at and fits(other, rows[first]) and fits(one, rows[second]):
                    found[first], found[second] = other, one
                    settled = False
    return found
