"""What VoltSafe must answer, worked out the plain way and apart from its code: whole milliwatts in dicts."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]


@dataclass
class Reference:
    """One home. A circuit has `parent_id` and `limit`, an appliance `circuit_id`, `rated` and `is_on`, by their ids."""

    home: Fields = field(default_factory=dict)
    circuits: dict[int, Fields] = field(default_factory=dict)
    appliances: dict[int, Fields] = field(default_factory=dict)
    revision: int = 0
    people: dict[int, str] = field(default_factory=dict)

    def attempt(self, change: Callable[["Reference"], Any]) -> int:
        """Become what `change` makes of it, unless that is too much; by how much it is. Counts what is decided."""
        changed = deepcopy(self)
        change(changed)
        if changed == self:
            return 0
        too_much = changed.too_much()
        self.revision += 1
        if not too_much:
            self.home, self.circuits, self.appliances = changed.home, changed.circuits, changed.appliances
            self.people = changed.people
        return too_much

    def is_last_owner(self, pk: int) -> bool:
        return [one for one, role in self.people.items() if role == "owner"] == [pk]

    def too_much(self) -> int:
        return max(0, *(self.carried(pk) - circuit["limit"] for pk, circuit in self.circuits.items()))

    def carried(self, circuit_id: int) -> int:
        on = (one for one in self.appliances.values() if one["is_on"])
        return sum(one["rated"] for one in on if circuit_id in self.above(one["circuit_id"]))

    def above(self, circuit_id: int | None) -> list[int]:
        """The circuit itself and everything that feeds it."""
        path: list[int] = []
        while circuit_id is not None and circuit_id not in path:
            path.append(circuit_id)
            circuit_id = self.circuits[circuit_id]["parent_id"]
        return path

    def switch(self, on: Iterable[int] = (), off: Iterable[int] = ()) -> None:
        for pk in off:
            self.appliances[pk]["is_on"] = False
        for pk in on:
            self.appliances[pk]["is_on"] = True

    def feeds_nothing(self, circuit_id: int) -> bool:
        users = [one["parent_id"] for one in self.circuits.values()]
        users += [one["circuit_id"] for one in self.appliances.values()]
        return circuit_id not in users

    @property
    def main_id(self) -> int:
        return next(pk for pk, circuit in self.circuits.items() if circuit["parent_id"] is None)
