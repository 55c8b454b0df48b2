"""What many in threads and processes asked a busy home for, as `tests.linear` checks it."""

import os
from collections.abc import Iterable
from decimal import Decimal
from math import inf
from random import Random
from typing import Any

from appliances.models import Appliance, Circuit, Home
from appliances.services import reading
from tests.builders import NOW, a_circuit, a_home, an_appliance
from tests.linear import record
from tests.linear.checking import Start, differences
from tests.linear.operations import SHOWN, Answer, Operation, SetAppliance, SetLimit, Swap, Switch, Wanted
from tests.linear.over_http import seen_of
from tests.linear.record import Numbers, milliwatts

Order = dict[str, Any]
Said = dict[str, Any]

EXAMPLES = int(os.environ.get("VOLTSAFE_EXAMPLES") or 0)
TORTURE = float(os.environ.get("VOLTSAFE_TORTURE") or 1)
"""How many times as much as always."""


def a_busy_home() -> Home:
    """Nine appliances of up to 2000 W on four nested breakers: a third of what is asked for does not fit."""
    home = a_home(limit_watts=5000)
    floor = a_circuit(home, limit_watts=4000)
    circuits = [floor, a_circuit(home, limit_watts=3000), a_circuit(home, limit_watts=2500, fed_from=floor)]
    for number in range(9):
        an_appliance(home, watts=Decimal(500 + 187 * number) + Decimal("0.001"), at=circuits[number % 3])
    return home


def random_orders(home: Home, many: int, random: Random) -> list[Order]:
    appliances = list(Appliance.objects.filter(home=home).values_list("pk", flat=True))
    circuits = list(Circuit.objects.filter(home=home).values_list("pk", flat=True))

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
            ],
            weights=[10, 4, 1, 1, 2, 4],
        )[0]

    return [one() for _ in range(many)]


def start_of(home: Home) -> Start:
    """The home as its rows are now, while nobody changes it."""
    return Start(Home.objects.get(pk=home.pk).revision, reading.tree_of(home.pk, NOW))


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
    raise AssertionError(f"the checker knows no {order['do']}")


def answer_of(said: Said) -> Answer:
    if said["outcome"] == SHOWN:
        return Answer(SHOWN, seen=seen_of(said["load"]))
    numbers = said["numbers"]
    return Answer(said["outcome"], said["revision"], None if numbers is None else Numbers(*numbers))


def assert_one_after_the_other(home: Home, start: Start, operations: Iterable[Operation]) -> None:
    assert differences(start, operations, record.of_home(home, since=start.revision)) == []
