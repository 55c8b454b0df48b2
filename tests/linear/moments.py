"""Two clocks: the one that questions and answers are noted by, and the one by which a decision is taken."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from tests.linear.house import LONG_AGO, House
from tests.linear.operations import Operation
from tests.linear.record import Row

SLACK = 0.1
"""Seconds by which one of them may be set right against the other during a run."""


def timed(row: Row, clock: datetime | None) -> Row:
    """With the moment it was taken at, by the clock of the operations, where it can be told."""
    return row if clock is None else replace(row, moment=(row.at - clock).total_seconds())


def is_within(one: Operation, row: Row) -> bool:
    """Whether the decision is of a moment between the question and the answer."""
    return row.moment is None or one.asked_at - SLACK <= row.moment <= one.answered_at + SLACK


def meanwhile(house: House, one: Operation, clock: datetime | None) -> Iterator[datetime]:
    """Moments between question and answer, one at least for every set of limits that held."""
    if clock is None:
        yield from (LONG_AGO, *house.turns())
        return
    first, last = (clock + timedelta(seconds=moment) for moment in (one.asked_at - SLACK, one.answered_at + SLACK))
    yield from (first, *(turn for turn in house.turns() if first < turn <= last))
