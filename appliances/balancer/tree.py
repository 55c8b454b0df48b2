"""One home as the balancer sees it: breakers that feed each other, and the loads on them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType


class BrokenTree(ValueError):
    """The breakers are no tree: one feeds itself, or something hangs from a circuit that is not there."""


class UnknownLoad(LookupError):
    """No load of this tree has that id."""


@dataclass(frozen=True, slots=True)
class Cap:
    """A temporary limit in force."""

    id: int
    limit_mw: int


@dataclass(frozen=True, slots=True)
class Breaker:
    id: int
    name: str
    parent_id: int | None
    limit_mw: int
    """What it may carry now: its own limit, or that of the cap where it is lower. Decisions go by it."""
    own_limit_mw: int | None = None
    """What it may carry without a cap; None says the same as now."""
    cap: Cap | None = None
    """Named only where it is what binds."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be done to an appliance without asking; to begin with, nothing."""

    may_be_shed: bool = False
    may_be_interrupted: bool = True
    returns_by_itself: bool = False
    min_on_seconds: int = 0
    min_off_seconds: int = 0
    max_on_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """An appliance. Its priority is its place in the home's order: 1 is kept on longest, the last makes room first."""

    id: int
    name: str
    circuit_id: int
    rated_mw: int
    is_on: bool
    priority: int
    rules: Rules = Rules()
    switched_at: datetime | None = None
    """When it last changed between on and off; None: long ago."""


@dataclass(frozen=True)
class Tree:
    """Never changes; what a home would become is another tree. Indexes are made when first asked for."""

    breakers: tuple[Breaker, ...]
    loads: tuple[Load, ...]

    def breaker(self, circuit_id: int) -> Breaker:
        try:
            return self._breakers_by_id[circuit_id]
        except KeyError:
            raise BrokenTree(f"There is no circuit {circuit_id}.") from None

    def load(self, load_id: int) -> Load:
        try:
            return self._loads_by_id[load_id]
        except KeyError:
            raise UnknownLoad(f"There is no appliance {load_id}.") from None

    def path(self, circuit_id: int) -> tuple[Breaker, ...]:
        """From the circuit itself up to the main."""
        if circuit_id not in self._paths:
            self._paths[circuit_id] = self._climb(circuit_id)
        return self._paths[circuit_id]

    def tightest(self, circuit_id: int) -> Breaker:
        """With the least headroom from the circuit up to the main: the nearest among equals."""
        found = self._tightest.get(circuit_id)
        if found is None:
            carried_mw = self._carried_mw
            found = min(self.path(circuit_id), key=lambda breaker: breaker.limit_mw - carried_mw[breaker.id])
            self._tightest[circuit_id] = found
        return found

    def cycle_through(self, circuit_id: int) -> bool:
        """Whether climbing from the circuit comes back to it."""
        seen: set[int] = set()
        above = self.breaker(circuit_id).parent_id
        while above is not None and above != circuit_id and above not in seen:
            seen.add(above)
            above = self.breaker(above).parent_id
        return above == circuit_id

    def below(self, circuit_id: int) -> frozenset[int]:
        """The ids of the circuits this one feeds, directly or not; without its own."""
        self.breaker(circuit_id)
        return frozenset(
            breaker.id
            for breaker in self.breakers
            if any(above.id == circuit_id for above in self.path(breaker.id)[1:])
        )

    def carried_mw(self, circuit_id: int) -> int:
        """The sum of what is on, at the circuit and below it."""
        self.breaker(circuit_id)
        return self._carried_mw[circuit_id]

    def all_carried_mw(self) -> Mapping[int, int]:
        return self._carried_mw

    @cached_property
    def how_many_on(self) -> int:
        return sum(load.is_on for load in self.loads)

    def with_load(self, load: Load) -> "Tree":
        """Added, or in the place of the one with its id."""
        if load.id not in self._loads_by_id:
            return replace(self, loads=(*self.loads, load))
        return replace(self, loads=tuple(load if other.id == load.id else other for other in self.loads))

    def without_load(self, load_id: int) -> "Tree":
        return replace(self, loads=tuple(load for load in self.loads if load.id != load_id))

    def with_breaker(self, breaker: Breaker) -> "Tree":
        """Added, or in the place of the one with its id. May close a cycle; climbing then says so."""
        if breaker.id not in self._breakers_by_id:
            return replace(self, breakers=(*self.breakers, breaker))
        return replace(self, breakers=tuple(breaker if other.id == breaker.id else other for other in self.breakers))

    def without_breaker(self, circuit_id: int) -> "Tree":
        """Leaves the tree broken when anything still hangs from the circuit."""
        return replace(self, breakers=tuple(breaker for breaker in self.breakers if breaker.id != circuit_id))

    def switched(self, *, on: Iterable[int] = (), off: Iterable[int] = (), at: datetime | None = None) -> "Tree":
        """With these on and those off; `at` is when, where it is more than a thought."""
        wanted = dict.fromkeys(off, False)
        for load_id in on:
            if load_id in wanted:
                raise ValueError(f"Appliance {load_id} cannot be switched on and off at once.")
            wanted[load_id] = True
        turned = {pk: replace(self.load(pk), is_on=is_on) for pk, is_on in wanted.items()}
        if at is not None:
            turned = {pk: replace(load, switched_at=at) for pk, load in turned.items()}
        # In their order: who is turned over keeps the place.
        by_id = {**self._loads_by_id, **turned}
        made = replace(self, loads=tuple(by_id.values()))
        made._take_over(self, by_id, turned)
        return made

    def _take_over(self, before: "Tree", by_id: dict[int, Load], turned: Mapping[int, Load]) -> None:
        """The indexes of the tree it was made from, where only these loads were turned on or off."""
        mine = self.__dict__
        mine["_breakers_by_id"], mine["_paths"] = before._breakers_by_id, before._paths
        mine["_loads_by_id"] = by_id
        if "how_many_on" in before.__dict__:
            more = sum(load.is_on - before.load(load.id).is_on for load in turned.values())
            mine["how_many_on"] = before.how_many_on + more
        if "_carried_mw" in before.__dict__:
            carried_mw = dict(before._carried_mw)
            for load in turned.values():
                more_mw = load.rated_mw * (load.is_on - before.load(load.id).is_on)
                for above in self.path(load.circuit_id):
                    carried_mw[above.id] += more_mw
            mine["_carried_mw"] = MappingProxyType(carried_mw)

    @cached_property
    def _breakers_by_id(self) -> dict[int, Breaker]:
        return {breaker.id: breaker for breaker in self.breakers}

    @cached_property
    def _loads_by_id(self) -> dict[int, Load]:
        return {load.id: load for load in self.loads}

    @cached_property
    def _paths(self) -> dict[int, tuple[Breaker, ...]]:
        return {}

    @cached_property
    def _tightest(self) -> dict[int, Breaker]:
        return {}

    @cached_property
    def _carried_mw(self) -> Mapping[int, int]:
        own_mw: Counter[int] = Counter()
        for load in self.loads:
            own_mw[self.breaker(load.circuit_id).id] += load.rated_mw if load.is_on else 0
        carried_mw = dict.fromkeys(self._breakers_by_id, 0)
        for breaker in self.breakers:
            for above in self.path(breaker.id):
                carried_mw[above.id] += own_mw[breaker.id]
        return MappingProxyType(carried_mw)

    def _climb(self, circuit_id: int) -> tuple[Breaker, ...]:
        path: dict[int, Breaker] = {}
        above: int | None = circuit_id
        while above is not None:
            if above in path:
                raise BrokenTree(f"Circuit {above} ({path[above].name}) would feed itself.")
            path[above] = self.breaker(above)
            above = path[above].parent_id
        return tuple(path.values())
