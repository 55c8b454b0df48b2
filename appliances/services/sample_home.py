"""A believable flat to try VoltSafe on. Where its watts come from: docs/sample-home.md."""

from datetime import datetime

from appliances.balancer import fit
from appliances.models import Appliance, Circuit, Home
from appliances.models.appliance import Kind
from appliances.services import appliance, circuit, home, locking, switching, turn
from appliances.services.actor import By
from appliances.services.outcome import Changed
from appliances.services.turn import Turn

SLUG = "sample-flat"
NAME = "Sample flat"

CIRCUITS = (
    ("Kitchen", "", 3680),
    ("Worktop sockets", "Kitchen", 2990),
    ("Bath and laundry", "", 3680),
    ("Living and study", "", 2300),
)
"""Name, what feeds it ("" is the main), and the limit in watts: 16 A, 13 A, 16 A and 10 A at 230 V."""

APPLIANCES = (
    ("Fridge", Kind.FRIDGE, "Kitchen", 150, 2, True),
    ("Oven", Kind.OVEN, "Kitchen", 2400, 4, False),
    ("Dishwasher", Kind.DISHWASHER, "Kitchen", 1800, 11, False),
    ("Kettle", Kind.KETTLE, "Worktop sockets", 2200, 7, False),
    ("Coffee machine", Kind.COFFEE_MACHINE, "Worktop sockets", 1200, 8, False),
    ("Microwave", Kind.MICROWAVE, "Worktop sockets", 1100, 9, False),
    ("Washing machine", Kind.WASHING_MACHINE, "Bath and laundry", 2200, 10, False),
    ("Tumble dryer", Kind.DRYER, "Bath and laundry", 2500, 13, False),
    ("Hair dryer", Kind.HAIR_DRYER, "Bath and laundry", 1800, 6, False),
    ("Iron", Kind.IRON, "Living and study", 2000, 12, False),
    ("Space heater", Kind.HEATER, "Living and study", 1500, 14, True),
    ("Television", Kind.TELEVISION, "Living and study", 120, 5, True),
    ("Lights", Kind.LIGHTING, "Living and study", 60, 3, True),
    ("Router", Kind.NETWORK, "Living and study", 12, 1, True),
)
"""Name, kind, circuit, rated watts, place in the order, and whether it is on to begin with."""

MAY_BE_SHED = {"Space heater"}
"""What the household has agreed to; it comes back by itself, as heaters do."""


def add(*, by: By, now: datetime) -> Changed | None:
    """The sample home at its own address, furnished; None where it is already whole."""
    new, limit = home.prepare({"name": NAME})

    def whole() -> Changed:
        locking.lock_new_homes()
        there = Home.objects.select_for_update(no_key=True).filter(slug=SLUG).first()
        here = Turn(there, by, now) if there else home.begin(new, limit, owner=None, by=by, now=now)
        furnish(here)
        return here.changed(here.home.pk)

    changed = turn.transact(whole, by=by)
    return changed if changed.decision else None


def furnish(here: Turn) -> None:
    """Put the sample's circuits and appliances into a home that has its main circuit; what is there stays."""
    at = {row.name: row.pk for row in Circuit.objects.filter(home=here.home)}
    at[""] = home.main_of(here.home).pk
    for name, fed_from, limit in CIRCUITS:
        if name not in at:
            wanted = {"name": name, "parent_id": at[fed_from], "limit": limit}
            at[name] = circuit.put(here, wanted).pk
    there = set(Appliance.objects.filter(home=here.home).values_list("name", flat=True))
    for name, kind, where, rated, priority, on in APPLIANCES:
        if name in there:
            continue
        wanted = {"name": name, "kind": kind, "circuit_id": at[where], "rated": rated, "priority": priority}
        wanted["may_be_shed"] = name in MAY_BE_SHED
        row = appliance.put(here, wanted)
        here.read_again()
        if on and not fit.short_by_mw(here.tree, row.pk)[0]:
            switching.set_state(here, row, on=True)
