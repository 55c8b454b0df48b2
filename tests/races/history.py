"""What many asked for and were answered, and whether one after the other could have been answered so.

Every decision is taken under the home's lock and numbered there, so its revision says where in the one true order
it stands. Played in that order against the reference, every recorded answer must come out again; and what was
answered before something else was asked for must stand before it.
"""

import os
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from random import Random
from typing import Any

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.models.decision import Outcome
from tests.builders import a_circuit, a_home, an_appliance
from tests.services.reference import Fields, Reference

Order = dict[str, Any]
Answer = dict[str, Any]

EXAMPLES = int(os.environ.get("VOLTSAFE_EXAMPLES") or 0)


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
            ],
            weights=[10, 4, 1, 1, 2],
        )[0]

    return [one() for _ in range(many)]


def effect_of(order: Order) -> Callable[[Reference], Any]:
    match order:
        case {"do": "switch", "appliance_id": pk, "on": on}:
            return lambda it: it.switch(**{"on" if on else "off": [pk]})
        case {"do": "swap", "on_id": pk, "off_ids": off}:
            return lambda it: it.switch(on=[pk], off=off)
        case {"do": "change appliance", "appliance_id": pk, "wanted": wanted}:
            return lambda it: it.appliances[pk].update(in_milliwatts(wanted))
        case {"do": "change circuit", "circuit_id": pk, "wanted": wanted}:
            return lambda it: it.circuits[pk].update(in_milliwatts(wanted))
    raise AssertionError(f"the reference knows no {order['do']}")


def in_milliwatts(fields: Fields) -> Fields:
    return {
        name: int(Decimal(value).scaleb(3)) if name in {"rated", "limit"} else value for name, value in fields.items()
    }


def reference_of(home: Home) -> Reference:
    """The home as its rows are now."""
    circuits = Circuit.objects.filter(home=home).values("pk", "parent_id", "limit")
    appliances = Appliance.objects.filter(home=home).values("pk", "circuit_id", "rated", "is_on")
    return Reference(
        {},
        {row.pop("pk"): in_milliwatts(row) for row in circuits},
        {row.pop("pk"): in_milliwatts(row) for row in appliances},
        Home.objects.get(pk=home.pk).revision,
    )


def assert_one_after_the_other(home: Home, start: Reference, said: list[tuple[Order, Answer]]) -> None:
    assert_in_the_order_of_asking([answer for _order, answer in said])
    recorded = Decision.objects.filter(home=home, revision__gt=start.revision).order_by("revision")
    orders = {answer["revision"]: order for order, answer in said if answer["outcome"] != "as it was"}
    assert [row.revision for row in recorded] == sorted(orders)
    states = {start.revision: deepcopy(start)}
    for row in recorded:
        too_much = start.attempt(effect_of(orders[row.revision]))
        assert row.outcome == (Outcome.REFUSED if too_much else Outcome.GRANTED), row
        assert (row.exceeded_by or 0) == Decimal(too_much).scaleb(-3)
        assert start.revision == row.revision
        states[row.revision] = deepcopy(start)
    for order, answer in said:
        if answer["outcome"] == "as it was":
            then = states[answer["revision"]]
            assert then.attempt(effect_of(order)) == 0
            assert then.revision == answer["revision"], "it was not as it was asked to be"
    assert reference_of(home) == start


def assert_in_the_order_of_asking(answers: list[Answer]) -> None:
    """No answer that was given before something else was asked for has a higher revision than its answer."""
    by_end = sorted(answers, key=lambda answer: answer["ended"])
    for later in answers:
        before = [answer["revision"] for answer in by_end if answer["ended"] < later["began"]]
        assert max(before, default=0) <= later["revision"]
