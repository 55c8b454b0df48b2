"""The decision record played again: the rows it says there should be, and where it contradicts itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from appliances.models import Decision
from appliances.models.decision import Action, Outcome
from appliances.services import belonging
from appliances.services.belonging import Belonging

Fields = dict[str, Any]

SWITCHES = {Action.SWITCH_ON, Action.SWITCH_OFF}
ON = {Action.SWITCH_ON, Action.SWAP, Action.START, Action.RESTORE}
OFF = {Action.SWITCH_OFF, Action.SHED, Action.TOO_LONG}
WITH_NUMBERS = {*ON, *OFF, Action.CHANGE_CIRCUIT}
"""The others have numbers only when they are about a load."""
WITHOUT = ("rests_until", "stays_off")
"""Facts of a decision that was not taken on watts."""
BOOKED = {
    Action.REMOVE_HOME,
    Action.BEGIN_LIMIT,
    Action.HOLD_RETURNS,
    Action.NEEDS_PERSON,
    Action.NEEDS_NOBODY,
    Action.CHANGE_CONTROLLER,
    Action.INVITE,
    Action.UNINVITE,
    Action.CHANGE_CODE,
    Action.GIVE_CODE,
}
"""Said, and nothing of the rows compared here is changed by it."""

BY_ID, SOME = ("circuits", "appliances", "limits"), ("waiting", "shed")


@dataclass
class Replay:
    """A home as its record tells it: fields by id, watts as text."""

    home: Fields = field(default_factory=dict)
    circuits: dict[int, Fields] = field(default_factory=dict)
    appliances: dict[int, Fields] = field(default_factory=dict)
    limits: dict[int, Fields] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    shed: set[int] = field(default_factory=set)
    belonging: Belonging = field(default_factory=Belonging)
    revision: int = 0

    @classmethod
    def kept(cls, state: Fields) -> "Replay":
        """Of a checkpoint, as `to_keep` made it."""
        by_id = {name: {int(pk): one for pk, one in state[name].items()} for name in BY_ID}
        waiting, shed = (set(state[name]) for name in SOME)
        belonging = Belonging.kept(state)
        return cls(state["home"], **by_id, waiting=waiting, shed=shed, belonging=belonging, revision=state["revision"])

    def to_keep(self) -> Fields:
        """As JSON keeps it: ids as text, in the order they came."""
        by_id = {name: {str(pk): one for pk, one in getattr(self, name).items()} for name in BY_ID}
        some = {name: sorted(getattr(self, name)) for name in SOME}
        return {**by_id, **some, "home": self.home, "revision": self.revision, **self.belonging.to_keep()}

    def play(self, row: Decision) -> Iterator[str]:
        """Take one decision in; yields what is wrong with it."""
        if row.revision != self.revision + 1:
            yield f"the record jumps from revision {self.revision} to {row.revision}"
        self.revision = row.revision
        try:
            before = self._carried(row.circuit_id)
            if row.outcome == Outcome.GRANTED:
                self._apply(row)
            yield from self._numbers(row, before)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as why:
            yield f"revision {row.revision} cannot be replayed: {why!r}"

    def _apply(self, row: Decision) -> None:
        changed = {name: after for name, (_before, after) in row.facts.get("changes", {}).items()}
        match row.action:
            case Action.ADD_HOME | Action.CHANGE_HOME:
                if row.action == Action.ADD_HOME:
                    self.belonging.begin(row.facts)
                limit = changed.pop("limit", None)
                self.home |= changed
                if limit is not None:
                    self._main()["limit"] = limit
            case Action.ADD_CIRCUIT | Action.CHANGE_CIRCUIT:
                self.circuits.setdefault(row.subject_id, {}).update(changed)
            case Action.REMOVE_CIRCUIT:
                self.circuits.pop(row.subject_id, None)
                self.limits = {pk: one for pk, one in self.limits.items() if one["circuit_id"] != row.subject_id}
            case Action.ADD_APPLIANCE | Action.CHANGE_APPLIANCE:
                self.appliances.setdefault(row.subject_id, {}).update(changed)
                self._order(row.facts.get("order", []))
            case Action.REMOVE_APPLIANCE:
                self.appliances.pop(row.subject_id, None)
                self._settle(row.subject_id)
            case Action.CHANGE_ORDER:
                self._order(changed["order"])
            case action if action in ON | OFF:
                self._switch(row)
            case _:
                self._book(row)

    def _book(self, row: Decision) -> None:
        """What switches nothing."""
        match row.action:
            case Action.ADD_LIMIT:
                self.limits[row.facts["temporary_limit"]["id"]] = row.facts["temporary_limit"]
            case Action.REMOVE_LIMIT | Action.END_LIMIT:
                self.limits.pop(row.facts["temporary_limit"]["id"])
            case Action.WAIT:
                self._settle(row.subject_id)
                self.waiting.add(row.subject_id)
            case Action.CANCEL_WAIT | Action.EXPIRE_WAIT | Action.EXPIRE_SHED:
                self._settle(row.subject_id)
            case action if action in belonging.ACTIONS:
                self.belonging.play(row)
            case action if action not in BOOKED:
                raise ValueError(f"there is no {row.action!r}")

    def _switch(self, row: Decision) -> None:
        for one in row.facts.get("off", []):
            self.appliances.setdefault(one["id"], {})["is_on"] = False
            self._settle(one["id"])
        self.appliances.setdefault(row.subject_id, {})["is_on"] = row.action in ON
        self._settle(row.subject_id)
        if row.action == Action.SHED and row.facts.get("returns"):
            self.shed.add(row.subject_id)

    def _settle(self, appliance_id: int) -> None:
        self.waiting.discard(appliance_id)
        self.shed.discard(appliance_id)

    def _order(self, order: list[int]) -> None:
        for place, pk in enumerate(order, start=1):
            self.appliances[pk]["priority"] = place

    def _numbers(self, row: Decision, before: Decimal) -> Iterator[str]:
        where = f"revision {row.revision}"
        if row.action == Action.GIVE_CODE or any(name in row.facts for name in WITHOUT):
            return
        if row.circuit_id is None or row.load_before is None or row.load_after is None or row.limit is None:
            if row.outcome == Outcome.REFUSED or row.action in WITH_NUMBERS or row.load_after is not None:
                yield f"{where} lacks the numbers it was taken on"
            return
        if row.load_before != before:
            yield f"{where} says {row.circuit_name} carried {row.load_before} W before; replayed it is {before} W"
        if row.limit != (limit := self._limit(row)):
            yield f"{where} says {row.circuit_name} was limited to {row.limit} W; replayed it is {limit} W"
        if row.outcome == Outcome.GRANTED:
            after = self._carried(row.circuit_id)
            if row.load_after != after:
                yield f"{where} says {row.circuit_name} carries {row.load_after} W after; replayed it is {after} W"
            if row.load_after > row.limit and row.load_after > row.load_before:
                yield f"{where} granted {row.load_after} W on a limit of {row.limit} W"
        elif row.outcome == Outcome.REFUSED and (row.exceeded_by != row.load_after - row.limit or row.exceeded_by <= 0):
            yield f"{where} refused {row.load_after} W of {row.limit} W as {row.exceeded_by} W too much"
        more = row.load_after - row.load_before
        if row.requested != more and (row.outcome == Outcome.REFUSED or row.action in SWITCHES):
            yield f"{where} asked for {row.requested} W, which is not what it would have changed: {more} W"

    def _carried(self, circuit_id: int | None) -> Decimal:
        """Watts on at a circuit and below it."""
        below, reached = {circuit_id}, 0
        while len(below) > reached:
            reached = len(below)
            below |= {pk for pk, one in self.circuits.items() if one.get("parent_id") in below}
        on = (one for one in self.appliances.values() if one.get("is_on") and one.get("circuit_id") in below)
        return sum((Decimal(one["rated"]) for one in on), Decimal(0))

    def _limit(self, row: Decision) -> Decimal:
        """Of the circuit a decision speaks of: a refused one speaks of the limit there would have been."""
        circuit = self.circuits[row.circuit_id or 0]
        asked: dict[str, bool] = {
            Action.CHANGE_CIRCUIT: row.circuit_id == row.subject_id,
            Action.CHANGE_HOME: circuit is self._main(),
        }
        wanted = row.facts.get("changes", {}).get("limit") if asked.get(row.action) else None
        caps = [
            Decimal(one["limit"])
            for one in self.limits.values()
            if one["circuit_id"] == row.circuit_id
            and datetime.fromisoformat(one["starts_at"]) <= row.at < datetime.fromisoformat(one["ends_at"])
        ]
        return min([Decimal(wanted[1] if wanted else circuit["limit"]), *caps])

    def _main(self) -> Fields:
        for one in self.circuits.values():
            if one.get("parent_id") is None:
                return one
        raise LookupError("no main circuit")
