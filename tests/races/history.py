"""What many in threads and processes asked a busy home for, as `tests.linear` checks it."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import inf
from random import Random
from typing import Any

from appliances.balancer import units
from appliances.models import Appliance, Circuit, Home, TemporaryLimit
from appliances.services import actor, appliance, limits, reading
from tests.builders import NOW, a_circuit, a_home, an_appliance
from tests.linear import record
from tests.linear.checking import Start, differences
from tests.linear.house import Limit
from tests.linear.operations import (
    SHOWN,
    AddLimit,
    Answer,
    Operation,
    RemoveLimit,
    SetAppliance,
    SetLimit,
    Swap,
    Switch,
    Wanted,
)
from tests.linear.over_http import beginning, seen_of
from tests.linear.record import Numbers, milliwatts

Order = dict[str, Any]
Said = dict[str, Any]

EXAMPLES = int(os.environ.get("VOLTSAFE_EXAMPLES") or 0)
TORTURE = float(os.environ.get("VOLTSAFE_TORTURE") or 1)
"""How many times as much as always."""


def a_busy_home() -> Home:
    """Nine appliances of up to 2000 W on four nested breakers: a third of what is asked for does not fit.

    One has to rest for a second; on two of the breakers a temporary limit comes, and goes, in the first second.
    """
    home = a_home(limit_watts=5000)
    floor = a_circuit(home, limit_watts=4000)
    circuits = [floor, a_circuit(home, limit_watts=3000), a_circuit(home, limit_watts=2500, fed_from=floor)]
    for number in range(9):
        an_appliance(home, watts=Decimal(500 + 187 * number) + Decimal("0.001"), at=circuits[number % 3])
    must_rest(home.appliances.order_by("pk")[1].pk)
    for number, circuit in enumerate(circuits[:2]):
        limit_for_a_while(home, circuit, watts=1500, after=0.1 + number / 5, seconds=0.5)
    return home


def must_rest(appliance_id: int) -> None:
    """For a second after each time it goes off."""
    appliance.change(appliance_id=appliance_id, wanted={"min_off_seconds": 1}, by=actor.SYSTEM, now=NOW)


def limit_for_a_while(home: Home, circuit: Circuit, *, watts: int, after: float, seconds: float) -> None:
    now = datetime.now(UTC)
    begins = now + timedelta(seconds=after)
    wanted = {"limit": watts, "starts_at": begins, "ends_at": begins + timedelta(seconds=seconds)}
    limits.add(home_id=home.pk, wanted={"circuit_id": circuit.pk, **wanted}, by=actor.SYSTEM, now=now)


def random_orders(home: Home, many: int, random: Random) -> list[Order]:
    appliances = list(Appliance.objects.filter(home=home).values_list("pk", flat=True))
    circuits = list(Circuit.objects.filter(home=home).values_list("pk", flat=True))
    limited = list(TemporaryLimit.objects.filter(home=home).values_list("pk", "circuit_id"))
    began = datetime.now(UTC)

    def limit(circuit_id: int) -> Order:
        begins = began + timedelta(seconds=random.random())
        moments = {
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(seconds=random.random())).isoformat(),
        }
        return {"home_id": home.pk, "circuit_id": circuit_id, "limit": str(random.randrange(5000)), **moments}

    def one() -> Order:
        pk, circuit_id, watts = random.choice(appliances), random.choice(circuits), random.randrange(500, 6000)
        others = [other for other in random.sample(appliances, 3) if other != pk]
        return random.choices(
            [
                {"do": "switch", "appliance_id": pk, "on": random.random() < 0.7},
                {"do": "swap", "on_id": pk, "off_ids": others},
                {"do": "change appliance", "appliance_id": pk, "wanted": {"rated": f"{watts / 3:.3f}"}},
                {"do": "change appliance", "appliance_id": pk, "wanted": {"circuit_id": circuit_id}},
                {"do": "change circuit", "circuit_id": circuit_id, "wanted": {"limit": str(watts)}},
                {"do": "look", "home_id": home.pk},
                {"do": "add limit", **limit(circuit_id)},
                {"do": "remove limit", **dict(zip(("limit_id", "circuit_id"), random.choice(limited), strict=True))},
            ],
            weights=[10, 4, 1, 1, 2, 4, 1, 0.1],
        )[0]

    return [one() for _ in range(many)]


def tending(home: Home, many: int) -> list[Order]:
    """What the controller does meanwhile; nobody is answered anything."""
    return [{"do": "tend", "home_id": home.pk}] * many


def start_of(home: Home) -> Start:
    """The home as its rows are now, while nobody changes it and before any temporary limit of it holds."""
    limited = tuple(
        Limit(row.pk, row.circuit_id, units.to_mw(row.limit), row.starts_at, row.ends_at)
        for row in TemporaryLimit.objects.filter(home=home)
    )
    return Start(Home.objects.get(pk=home.pk).revision, reading.tree_of(home.pk, NOW), limited, beginning())


def operation(order: Order, said: Said) -> Operation:
    return Operation(wanted_of(order), said["began"], said["ended"], answer_of(said))


def never_answered(order: Order, *, asked_after: float) -> Operation:
    return Operation(wanted_of(order), asked_after, inf)


def wanted_of(order: Order) -> Wanted | None:
    match order:
        case {"do": "look"}:
            return None
        case {"do": "switch", "appliance_id": pk, "on": on}:
            return Switch(pk, on)
        case {"do": "swap", "on_id": pk, "off_ids": off}:
            return Swap(pk, frozenset(off))
        case {"do": "change appliance", "appliance_id": pk, "wanted": {"rated": watts}}:
            return SetAppliance(pk, rated_mw=milliwatts(watts))
        case {"do": "change appliance", "appliance_id": pk, "wanted": {"circuit_id": circuit_id}}:
            return SetAppliance(pk, circuit_id=circuit_id)
        case {"do": "change circuit", "circuit_id": pk, "wanted": {"limit": watts}}:
            return SetLimit(pk, milliwatts(watts))
        case {"do": "add limit", "circuit_id": pk, "limit": watts, "starts_at": starts_at, "ends_at": ends_at}:
            return AddLimit(pk, milliwatts(watts), *map(datetime.fromisoformat, (starts_at, ends_at)))
        case {"do": "remove limit", "circuit_id": pk, "limit_id": limit_id}:
            return RemoveLimit(pk, limit_id)
    raise AssertionError(f"the checker knows no {order['do']}")


def answer_of(said: Said) -> Answer:
    if said["outcome"] == SHOWN:
        return Answer(SHOWN, seen=seen_of(said["load"]))
    numbers = said.get("numbers")
    return Answer(said["outcome"], said.get("revision"), None if numbers is None else Numbers(*numbers))


def assert_one_after_the_other(home: Home, start: Start, operations: Iterable[Operation]) -> None:
    assert differences(start, operations, record.of_home(home, since=start.revision)) == []
