"""Whether what clients were told could have been told by one that does one thing after the other, as on record.

Every decision is taken under the home's lock and numbered there, so its revision says where in the one true order it
stands. Played in that order by the balancer's arithmetic, each at its own moment, under the temporary limits that held
then and with who rested then, every decision must come out as it is on record; every answer
must be in the record exactly once, or where nothing had to be done be true at its revision; whoever looked must have
seen exactly one revision; and what was answered before something else was asked for must stand before it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf

from appliances.balancer import admission
from appliances.balancer.tree import BrokenTree, Tree, UnknownLoad
from tests.linear import by_itself, matching, searching
from tests.linear.house import House, Limit
from tests.linear.moments import meanwhile, timed
from tests.linear.operations import (
    AS_IT_WAS,
    DONE,
    NOT_DONE,
    Operation,
    Seen,
    SetAppliance,
    SetLimit,
    Swap,
    Switch,
    Wanted,
    as_one,
)
from tests.linear.record import GRANTED, REFUSED, Numbers, Row


@dataclass(frozen=True)
class Start:
    """The home when nobody had asked for anything yet."""

    revision: int
    tree: Tree
    """With each circuit's own limit."""
    limits: tuple[Limit, ...] = ()
    clock: datetime | None = None
    """What the clock that decisions are noted by showed when that of the operations was 0; None: it is not known."""

    @property
    def house(self) -> House:
        return House(self.tree, self.limits)


@dataclass
class _History:
    states: dict[int, House]
    clock: datetime | None = None
    whose: dict[int, Operation] = field(default_factory=dict)
    still: list[tuple[int, Operation]] = field(default_factory=list)
    """What only looked at a revision, or found everything as asked."""
    open_to: list[Operation] = field(default_factory=list)
    """What was done, or may have been, at a revision that was not said."""


def differences(start: Start, operations: Iterable[Operation], record: Iterable[Row]) -> list[str]:
    """One line for everything that could not have been so; nothing where all could. `record` begins after the start."""
    told, wrong = as_one(operations)
    rows = sorted((timed(row, start.clock) for row in record), key=lambda row: row.revision)
    certain = _History({start.revision: start.house}, start.clock)
    wrong += _certain(certain, told, {row.revision: row for row in rows})
    asked_for = [row for row in rows if row.action not in by_itself.OF_ITS_OWN]
    sought = certain.whose, certain.still, asked_for, certain.open_to
    found = _judged(certain, matching.matched(*sought), start, rows)
    if found and not wrong and (other := searching.matched(*sought)) is not None:
        found = _judged(certain, other, start, rows)
    return [*wrong, *found]


def _judged(certain: _History, found: matching.Whose, start: Start, rows: list[Row]) -> list[str]:
    """What is wrong if these are whose decisions these were."""
    history = replace(certain, states=dict(certain.states), whose={**certain.whose, **found})
    wrong = [*_left_over(history, rows), *_play(history, start, rows)]
    for revision, one in history.still:
        wrong += _stood_still(history, revision, one)
    placed = {id(one) for one in history.whose.values()}
    for one in history.open_to:
        if id(one) not in placed and one.answer is not None and one.answer.outcome == DONE:
            wrong += _was_so(history, one)
    return [*wrong, *_order(history)]


def _certain(history: _History, told: list[Operation], by_revision: Mapping[int, Row]) -> Iterator[str]:
    """Where the answer says which decision it is of."""
    for one in told:
        answer = one.answer
        if answer is not None and answer.outcome == NOT_DONE:
            continue
        if answer is not None and answer.seen is not None:
            history.still.append((answer.seen.revision, one))
        if one.wanted is None:
            continue
        if answer is None or answer.revision is None:
            history.open_to.append(one)
        elif answer.outcome == AS_IT_WAS:
            history.still.append((answer.revision, one))
        elif answer.revision in history.whose:
            yield f"revision {answer.revision} was told twice: {history.whose[answer.revision]}, and {one}"
        elif answer.revision not in by_revision:
            yield f"revision {answer.revision} is not in the record: {one}"
        elif not matching.fits(one, by_revision[answer.revision]):
            yield f"the record has something else: {by_revision[answer.revision]}; {one}"
        else:
            history.whose[answer.revision] = one


def _left_over(history: _History, rows: list[Row]) -> Iterator[str]:
    placed = {id(one) for one in history.whose.values()}
    for one in history.open_to:
        if id(one) not in placed and one.answer is not None and one.answer.outcome != DONE:
            yield f"no decision in the record is this one's: {one}"
    for row in rows:
        if row.revision not in history.whose and row.action not in by_itself.OF_ITS_OWN:
            yield f"nobody asked for this: {row}"


def _play(history: _History, start: Start, rows: list[Row]) -> Iterator[str]:
    house, revision = start.house, start.revision
    for row in rows:
        if row.revision != revision + 1:
            yield f"the record goes from revision {revision} to {row.revision}"
        revision = row.revision
        wanted = history.whose[revision].wanted if revision in history.whose else _told_by(row)
        if row.action in by_itself.BOOKED:
            yield from by_itself.wrong(house, row)
            house = by_itself.booked(house, row)
        elif wanted is None:
            yield f"revision {revision} is of a kind that is not checked here: {row.action}"
        else:
            try:
                after = wanted.applied(house)
                yield from _decided(row, wanted, house, after)
                house = after.noting(house, row.at) if row.outcome == GRANTED else house
            except (BrokenTree, UnknownLoad) as why:
                yield f"revision {revision} cannot be played: {why}"
        history.states[revision] = house


def _told_by(row: Row) -> Wanted | None:
    """What was wished for, by the decision alone."""
    changed = row.changed or {}
    match row.action:
        case "switch_on" | "switch_off":
            return Switch(row.subject_id, row.action == "switch_on")
        case "swap":
            return Swap(row.subject_id, row.off)
        case "change_circuit" if changed.keys() == {"limit"}:
            return SetLimit(row.subject_id, changed["limit"])
        case "change_appliance" if changed.keys() <= {"rated", "circuit_id"}:
            return SetAppliance(row.subject_id, changed.get("rated"), changed.get("circuit_id"))
    return None


def _decided(row: Row, wanted: Wanted, before: House, after: House) -> Iterator[str]:
    if after == before:
        yield f"revision {row.revision} decides what was so already: {row}"
        return
    until = before.rests_until(after, row.at)
    if until or row.rests_until:
        if (row.outcome, row.rests_until) != (REFUSED if until else GRANTED, until):
            yield f"revision {row.revision} is {row.outcome}; played again it rests until {until}: {row}"
        return
    now = after.at(row.at)
    about = wanted.about(now)
    verdict = admission.decide(before=before.at(row.at), after=now, wanted=wanted.for_the_sake_of, about=about)
    is_refused = isinstance(verdict, admission.Refused)
    outcome = REFUSED if is_refused else GRANTED
    if row.outcome != outcome:
        yield f"revision {row.revision} is {row.outcome}; played again it is {outcome}: {row}"
        return
    at = verdict.at
    too_much = verdict.exceeded_by_mw if isinstance(verdict, admission.Refused) else None
    numbers = Numbers(at.circuit_id, at.load_before_mw, at.load_after_mw, at.limit_mw, too_much)
    # An appliance that is off is changed without numbers.
    if row.numbers != numbers and (row.numbers is not None or is_refused or row.action != SetAppliance(0).action):
        yield f"revision {row.revision} was taken on {row.numbers}; played again they are {numbers}"


def _stood_still(history: _History, revision: int, one: Operation) -> Iterator[str]:
    house, answer = history.states.get(revision), one.answer
    if house is None or answer is None:
        yield f"there is no revision {revision}: {one}"
        return
    if answer.seen is not None and answer.seen.revision == revision:
        yield from _saw(house, answer.seen, meanwhile(house, one, history.clock))
        if answer.revision is not None and answer.revision > revision:
            yield f"revision {revision} was shown with what had made revision {answer.revision}: {one}"
    is_at_it = (answer.outcome, answer.revision) == (AS_IT_WAS, revision)
    if is_at_it and one.wanted is not None and one.wanted.applied(house) != house:
        yield f"at revision {revision} it was not as was asked: {one}"


def _saw(house: House, seen: Seen, moments: Iterable[datetime]) -> Iterator[str]:
    """At one of these moments: between them no limit began or ended."""
    tree = house.tree
    there = [{one.id: (tree.carried_mw(one.id), one.limit_mw) for one in house.at(at).breakers} for at in moments]
    if dict(seen.circuits) not in there:
        could_be = " or ".join(map(str, there))
        yield f"at revision {seen.revision} circuits carried {could_be} (load, limit); shown were {dict(seen.circuits)}"
    on = sum(load.is_on for load in tree.loads)
    if seen.appliances_on not in {None, on}:
        yield f"at revision {seen.revision} {on} appliances were on; shown were {seen.appliances_on}"


def _was_so(history: _History, one: Operation) -> Iterator[str]:
    """At some revision between the newest answered before it was asked and the newest asked before its answer."""
    first = max((pk for pk, other in history.whose.items() if other.answered_at < one.asked_at), default=0)
    last = max((pk for pk, other in history.whose.items() if other.asked_at < one.answered_at), default=0)
    first, last = max(first, min(history.states)), max(last, min(history.states))
    among = (house for revision, house in history.states.items() if first <= revision <= last)
    if one.wanted and not any(one.wanted.applied(house) == house for house in among):
        yield f"it was never as was asked, and no decision made it so: {one}"


def _order(history: _History) -> Iterator[str]:
    """No answer was given before something was asked for that stands before it."""
    made: Mapping[int, Operation] = history.whose
    standing = [(revision, 0, one) for revision, one in made.items()]
    standing += [(revision, 1, one) for revision, one in history.still if revision in history.states]
    latest: tuple[float, str] = (-inf, "")
    for revision, _kind, one in sorted(standing, key=lambda each: (each[0], each[1], each[2].asked_at)):
        if one.answered_at < latest[0]:
            yield f"at revision {revision}, and answered before what stands before it was asked: {one}; {latest[1]}"
        latest = max(latest, (one.asked_at, str(one)))
