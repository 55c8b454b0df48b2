"""A home that does one thing after the other, for histories made by hand: nothing but the balancer and a list."""

from dataclasses import replace

from appliances.balancer import admission
from appliances.balancer.tree import Breaker, Load, Tree
from tests.linear.checking import Start
from tests.linear.operations import (
    AS_IT_WAS,
    GRANTED,
    REFUSED,
    SHOWN,
    Answer,
    Operation,
    Seen,
    SetAppliance,
    SetLimit,
    Swap,
    Wanted,
)
from tests.linear.record import Numbers, Row

MAIN, KITCHEN = 1, 2


class OneByOne:
    """Two breakers of 5000 W and 3000 W below it, six appliances of 1000 to 2250 W."""

    def __init__(self) -> None:
        main = Breaker(MAIN, "Main", None, 5_000_000, 5_000_000)
        kitchen = Breaker(KITCHEN, "Kitchen", MAIN, 3_000_000, 3_000_000)
        self.loads = tuple(
            Load(pk, f"Appliance {pk}", (MAIN, KITCHEN)[pk % 2], 750_000 + 250_000 * pk, is_on=False, priority=5)
            for pk in range(1, 7)
        )
        self.tree = Tree((main, kitchen), self.loads)
        self.start = Start(10, self.tree)
        self.revision = 10
        self.record: list[Row] = []

    def does(self, wanted: Wanted, asked_at: float, answered_at: float, by: str = "") -> Operation:
        return Operation(wanted, asked_at, answered_at, self.answer(wanted, by), by)

    def shows(self, asked_at: float, answered_at: float) -> Operation:
        return Operation(None, asked_at, answered_at, Answer(SHOWN, seen=self.seen()))

    def answer(self, wanted: Wanted, by: str = "") -> Answer:
        after = wanted.applied(self.tree)
        if after == self.tree:
            return Answer(AS_IT_WAS, self.revision)
        verdict = admission.decide(
            before=self.tree, after=after, wanted=wanted.for_the_sake_of, about=wanted.about(after)
        )
        too_much = verdict.exceeded_by_mw if isinstance(verdict, admission.Refused) else None
        at = verdict.at
        numbers = Numbers(at.circuit_id, at.load_before_mw, at.load_after_mw, at.limit_mw, too_much)
        off = {load.id for load in self.tree.loads if isinstance(wanted, Swap) and load.id in wanted.off_ids}
        running = frozenset(pk for pk in off if self.tree.load(pk).is_on)
        outcome = GRANTED if too_much is None else REFUSED
        self.revision += 1
        told = Row(self.revision, wanted.action, wanted.subject_id, outcome, by, numbers, running, _changed(wanted))
        self.record.append(told)
        if outcome == REFUSED:
            return Answer(REFUSED, numbers=numbers)
        self.tree = after
        return Answer(GRANTED, self.revision, numbers)

    def seen(self) -> Seen:
        tree = self.tree
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
