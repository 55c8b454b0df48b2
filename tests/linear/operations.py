"""What a client asked for, between which moments, and what it was told: plain values, whatever carried them.

Moments are of one clock for all clients (`time.monotonic()` is one for all processes of a machine).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import Protocol

from appliances.balancer.tree import Tree
from tests.linear.house import House, Limit
from tests.linear.record import Numbers, Row


class Wanted(Protocol):
    """A change of a home: what it makes of it, and by what its decision is known."""

    @property
    def action(self) -> str: ...
    @property
    def subject_id(self) -> int: ...
    @property
    def for_the_sake_of(self) -> frozenset[int]:
        """The appliances that are never proposed for switching off."""

    def applied(self, house: House) -> House: ...
    def about(self, after: Tree) -> int: ...
    def is_told_by(self, row: Row) -> bool:
        """Whether the decision speaks of this very wish, its kind and subject being the same."""


@dataclass(frozen=True)
class Switch:
    appliance_id: int
    on: bool

    @property
    def action(self) -> str:
        return "switch_on" if self.on else "switch_off"

    @property
    def subject_id(self) -> int:
        return self.appliance_id

    @property
    def for_the_sake_of(self) -> frozenset[int]:
        return frozenset({self.appliance_id})

    def applied(self, house: House) -> House:
        one = [self.appliance_id]
        return replace(house, tree=house.tree.switched(on=one) if self.on else house.tree.switched(off=one))

    def about(self, after: Tree) -> int:
        return after.load(self.appliance_id).circuit_id

    def is_told_by(self, row: Row) -> bool:
        return not row.off


@dataclass(frozen=True)
class Swap:
    on_id: int
    off_ids: frozenset[int]
    action: str = "swap"

    @property
    def subject_id(self) -> int:
        return self.on_id

    @property
    def for_the_sake_of(self) -> frozenset[int]:
        return frozenset({self.on_id})

    def applied(self, house: House) -> House:
        return replace(house, tree=house.tree.switched(on=[self.on_id], off=self.off_ids))

    def about(self, after: Tree) -> int:
        return after.load(self.on_id).circuit_id

    def is_told_by(self, row: Row) -> bool:
        """The decision names of them those that were on."""
        return row.off <= self.off_ids


@dataclass(frozen=True)
class SetLimit:
    """A circuit's own limit."""

    circuit_id: int
    limit_mw: int
    action: str = "change_circuit"
    for_the_sake_of: frozenset[int] = frozenset()

    @property
    def subject_id(self) -> int:
        return self.circuit_id

    def applied(self, house: House) -> House:
        breaker = house.tree.breaker(self.circuit_id)
        changed = replace(breaker, limit_mw=self.limit_mw, own_limit_mw=self.limit_mw)
        return replace(house, tree=house.tree.with_breaker(changed))

    def about(self, _after: Tree) -> int:
        return self.circuit_id

    def is_told_by(self, row: Row) -> bool:
        return row.changed == {"limit": self.limit_mw}


@dataclass(frozen=True)
class SetAppliance:
    """What it draws, or where it is plugged in; None leaves it."""

    appliance_id: int
    rated_mw: int | None = None
    circuit_id: int | None = None
    action: str = "change_appliance"

    @property
    def subject_id(self) -> int:
        return self.appliance_id

    @property
    def for_the_sake_of(self) -> frozenset[int]:
        return frozenset({self.appliance_id})

    def applied(self, house: House) -> House:
        changed = replace(house.tree.load(self.appliance_id), **self._set())  # type: ignore[arg-type]
        return replace(house, tree=house.tree.with_load(changed))

    def about(self, after: Tree) -> int:
        return after.load(self.appliance_id).circuit_id

    def is_told_by(self, row: Row) -> bool:
        """The decision names of it what was not so already."""
        named = {"rated": self.rated_mw, "circuit_id": self.circuit_id}
        return all(value is not None and named.get(name) == value for name, value in (row.changed or {}).items())

    def _set(self) -> dict[str, int]:
        given = {"rated_mw": self.rated_mw, "circuit_id": self.circuit_id}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class AddLimit:
    """A temporary one; it may lie below what is on."""

    circuit_id: int
    limit_mw: int
    starts_at: datetime
    ends_at: datetime
    action: str = "add_limit"
    for_the_sake_of: frozenset[int] = frozenset()

    @property
    def subject_id(self) -> int:
        return self.circuit_id

    def applied(self, house: House) -> House:
        """As another one each time; what it is called only its decision says."""
        return house.with_limit(Limit(0, self.circuit_id, self.limit_mw, self.starts_at, self.ends_at))

    def about(self, _after: Tree) -> int:
        return self.circuit_id

    def is_told_by(self, row: Row) -> bool:
        wanted = Limit(0, self.circuit_id, self.limit_mw, self.starts_at, self.ends_at)
        return row.limit is not None and replace(row.limit, id=0) == wanted


@dataclass(frozen=True)
class RemoveLimit:
    """Before its end."""

    circuit_id: int
    limit_id: int
    action: str = "remove_limit"
    for_the_sake_of: frozenset[int] = frozenset()

    @property
    def subject_id(self) -> int:
        return self.circuit_id

    def applied(self, house: House) -> House:
        return house.without_limit(self.limit_id)

    def about(self, _after: Tree) -> int:
        return self.circuit_id

    def is_told_by(self, row: Row) -> bool:
        return row.limit is not None and row.limit.id == self.limit_id


@dataclass(frozen=True)
class Seen:
    """The load of a home as it was shown: of every circuit what it carries and may carry."""

    revision: int
    circuits: Mapping[int, tuple[int, int]]
    """Milliwatts: load and limit."""
    appliances_on: int | None = None


AS_IT_WAS = "as it was"
DONE = "done"
"""It is as was asked; whether by this or already is not said."""
NOT_DONE = "not done"
"""Nothing was changed, nor recorded: busy, wrong input, not allowed."""
SHOWN = "shown"


@dataclass(frozen=True)
class Answer:
    outcome: str
    revision: int | None = None
    """That of the decision, or at which it already was so."""
    numbers: Numbers | None = None
    seen: Seen | None = None
    rests_until: datetime | None = None
    """Where it was refused because of that."""


@dataclass(frozen=True)
class Operation:
    """`wanted` is None where somebody only looked. No answer: whether it was done is not known, and may yet be."""

    wanted: Wanted | None
    asked_at: float
    answered_at: float = inf
    answer: Answer | None = None
    by: str = ""
    """As the record names who asked; empty where it does not matter."""
    key: str = ""
    """Several with one key are tries at one thing."""

    def __str__(self) -> str:
        told = "not answered" if self.answer is None else f"{self.answer.outcome} at {self.answered_at:.6f}"
        return f"{self.wanted or 'a look'} asked at {self.asked_at:.6f}, {told}"


def as_one(operations: Iterable[Operation]) -> tuple[list[Operation], list[str]]:
    """Tries with one key put together: asked at the first try, answered with the first answer; and what is wrong."""
    by_key: dict[str, list[Operation]] = {}
    alone: list[Operation] = []
    wrong: list[str] = []
    for one in operations:
        (by_key.setdefault(one.key, []) if one.key else alone).append(one)
    for key, tries in by_key.items():
        answered = sorted((one for one in tries if _tells(one)), key=lambda one: one.answered_at)
        if len({(one.answer.outcome, one.answer.revision, one.answer.numbers) for one in answered if one.answer}) > 1:
            wrong.append(f"the key {key} was answered in different ways: {', '.join(map(str, answered))}")
        if len({one.wanted for one in tries}) > 1:
            wrong.append(f"the key {key} was sent with different wishes")
        whole = answered[0] if answered else next((one for one in tries if one.answer is None), tries[0])
        alone.append(replace(whole, asked_at=min(one.asked_at for one in tries), key=""))
        for one in answered[1:]:
            if one.answer and one.answer.seen:
                alone.append(replace(one, wanted=None, answer=Answer(SHOWN, seen=one.answer.seen), key=""))
    return alone, wrong


def _tells(one: Operation) -> bool:
    return one.answer is not None and one.answer.outcome != NOT_DONE
