"""The home's order: who is kept on longest, and who makes room first."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from appliances.models import Appliance
from appliances.models.appliance import LEAST_IMPORTANT
from appliances.models.decision import Action
from appliances.services import presets, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Changed
from appliances.services.turn import Turn


def change(*, home_id: int, wanted: Sequence[int], by: By, now: datetime) -> Changed:
    """Put the appliances into this order, the most important first; `wanted` names each once. Raises Invalid, Busy."""

    def body(here: Turn) -> int:
        there = current(here.rows.appliances.values())
        if sorted(wanted) != sorted(there):
            raise Invalid({"order": [_("Name every appliance of the home exactly once. Somebody may have added one.")]})
        _change(here, there, list(wanted))
        return home_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def move(*, appliance_id: int, home_id: int, up: bool, by: By, now: datetime) -> Changed:
    """One place up or down; at either end it stays. Raises Missing, Busy."""

    def body(here: Turn) -> int:
        row = here.appliance(appliance_id)
        there = current(here.rows.appliances.values())
        at = there.index(row.pk)
        to = max(at - 1, 0) if up else min(at + 1, len(there) - 1)
        wanted = list(there)
        wanted.insert(to, wanted.pop(at))
        _change(here, there, wanted)
        return home_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def _change(here: Turn, there: list[int], wanted: list[int]) -> None:
    if wanted != there:
        _write(wanted, here.rows.appliances.values())
        here.record(Action.CHANGE_ORDER, here.home, facts={"changes": {"order": [there, wanted]}})
        here.appliances.update(there)


def current(rows: Iterable[Appliance]) -> list[int]:
    """The ids, the most important first; among equals the one that was there first."""
    return [row.pk for row in sorted(rows, key=lambda row: (row.priority, row.pk))]


def last_place(home_id: int) -> int:
    last = Appliance.objects.filter(home=home_id).aggregate(last=Max("priority"))["last"] or 0
    return min(last + 1, LEAST_IMPORTANT)


def put_first(new: Appliance) -> list[int]:
    """Place one that comes first by its kind after those of its sort, before everything else; the whole order."""
    rows = list(Appliance.objects.filter(home=new.home_id))
    order = [pk for pk in current(rows) if pk != new.pk]
    kinds = {row.pk: row.kind for row in rows}
    place = next((at for at, pk in enumerate(order) if kinds[pk] not in presets.first_kinds()), len(order))
    order.insert(place, new.pk)
    _write(order, rows)
    return order


def _write(order: Sequence[int], rows: Iterable[Appliance]) -> None:
    places = {pk: place for place, pk in enumerate(order, start=1)}
    moved = [row for row in rows if row.priority != places[row.pk]]
    for row in moved:
        row.priority = places[row.pk]
    Appliance.objects.bulk_update(moved, ["priority"])
