"""A home that does one thing after the other, for histories made by hand: nothing but the balancer and a list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from appliances.balancer import admission
from appliances.balancer.tree import Breaker, Load, Rules, Tree
from tests.linear.checking import Start
from tests.linear.house import House, Limit
from tests.linear.operations import (
    AS_IT_WAS,
    SHOWN,
    AddLimit,
    Answer,
    Operation,
    RemoveLimit,
    Seen,
    SetAppliance,
    SetLimit,
    Swap,
    Wanted,
)
from tests.linear.record import GRANTED, REFUSED, Numbers, Row

MAIN, KITCHEN = 1, 2
COMPRESSOR = 3
RESTS = 10
"""Seconds."""

CLOCK = datetime(2030, 1, 1, tzinfo=UTC)


def at(moment: float) -> datetime:
    return CLOCK + timedelta(seconds=moment)


class OneByOne:
    """Two breakers of 5000 W and 3000 W below it, six appliances of 1000 to 2250 W; one has to rest."""

    def __init__(self) -> None:
        main = Breaker(MAIN, "Main", None, 5_000_000, 5_000_000)
        kitchen = Breaker(KITCHEN, "Kitchen", MAIN, 3_000_000, 3_000_000)
        self.loads = tuple(
            Load(
                pk,
                f"Appliance {pk}",
                (MAIN, KITCHEN)[pk % 2],
                750_000 + 250_000 * pk,
                is_on=False,
                priority=5,
                rules=Rules(min_off_seconds=RESTS if pk == COMPRESSOR else 0),
            )
            for pk in range(1, 7)
        )
        self.house = House(Tree((main, kitchen), self.loads))
        self.start = Start(10, self.house.tree, clock=CLOCK)
        self.revision = 10
        self.record: list[Row] = []

    def does(self, wanted: Wanted, asked_at: float, answered_at: float, by: str = "") -> Operation:
        """In the middle between the two."""
        answer = self.answer(wanted, by, moment=(asked_at + answered_at) / 2)
        return Operation(wanted, asked_at, answered_at, answer, by)

    def shows(self, asked_at: float, answered_at: float) -> Operation:
        return Operation(None, asked_at, answered_at, Answer(SHOWN, seen=self.seen((asked_at + answered_at) / 2)))

    def answer(self, wanted: Wanted, by: str = "", moment: float = 0.5) -> Answer:
        after = wanted.applied(self.house)
        if after == self.house:
            return Answer(AS_IT_WAS, self.revision)
        if isinstance(wanted, AddLimit | RemoveLimit):
            return self._limits(wanted, by, moment)
        until = self.house.rests_until(after, at(moment))
        if until is not None:
            self._records(wanted, REFUSED, by, moment, rests_until=until)
            return Answer(REFUSED, rests_until=until)
        before, changed = self.house.at(at(moment)), after.at(at(moment))
        verdict = admission.decide(
            before=before, after=changed, wanted=wanted.for_the_sake_of, about=wanted.about(changed)
        )
        too_much = verdict.exceeded_by_mw if isinstance(verdict, admission.Refused) else None
        numbers = Numbers(
            verdict.at.circuit_id, verdict.at.load_before_mw, verdict.at.load_after_mw, verdict.at.limit_mw, too_much
        )
        outcome = GRANTED if too_much is None else REFUSED
        self._records(wanted, outcome, by, moment, numbers=numbers)
        if outcome == REFUSED:
            return Answer(REFUSED, numbers=numbers)
        self.house = after.noting(self.house, at(moment))
        return Answer(GRANTED, self.revision, numbers)

    def _limits(self, wanted: AddLimit | RemoveLimit, by: str, moment: float) -> Answer:
        if isinstance(wanted, AddLimit):
            limit = Limit(self.revision + 1, wanted.circuit_id, wanted.limit_mw, wanted.starts_at, wanted.ends_at)
            self.house = self.house.with_limit(limit)
        else:
            [limit] = [one for one in self.house.limits if one.id == wanted.limit_id]
            self.house = self.house.without_limit(limit.id)
        self._records(wanted, GRANTED, by, moment, limit=limit)
        return Answer(GRANTED, self.revision)

    def by_itself(self, action: str, limit: Limit, moment: float) -> None:
        """The controller's notes of a limit."""
        self.revision += 1
        told = Row(self.revision, action, limit.circuit_id, GRANTED, at=at(moment), limit=limit)
        self.record.append(told)
        if action == "end_limit":
            self.house = self.house.without_limit(limit.id)

    def _records(self, wanted: Wanted, outcome: str, by: str, moment: float, **more: Any) -> None:
        tree = self.house.tree
        off = {load.id for load in tree.loads if isinstance(wanted, Swap) and load.id in wanted.off_ids}
        running = frozenset(pk for pk in off if tree.load(pk).is_on)
        self.revision += 1
        told = {"off": running, "changed": _changed(wanted), "at": at(moment), **more}
        self.record.append(Row(self.revision, wanted.action, wanted.subject_id, outcome, by, **told))

    def seen(self, moment: float = 0.5) -> Seen:
        tree = self.house.at(at(moment))
        circuits = {one.id: (tree.carried_mw(one.id), one.limit_mw) for one in tree.breakers}
        return Seen(self.revision, circuits, sum(load.is_on for load in tree.loads))

    def forgets(self, revision: int) -> None:
        """A decision is lost, and those after it close up."""
        kept = (row for row in self.record if row.revision != revision)
        self.record = [replace(row, revision=11 + number) for number, row in enumerate(kept)]


def _changed(wanted: Wanted) -> dict[str, int]:
    match wanted:
        case SetLimit(limit_mw=limit):
            return {"limit": limit}
        case SetAppliance(rated_mw=int(rated)):
            return {"rated": rated}
    return {}
