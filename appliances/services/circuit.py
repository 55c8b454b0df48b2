"""Adding, changing, re-hanging and removing circuits."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appliances.balancer.tree import BrokenTree
from appliances.models import Appliance, Circuit
from appliances.models.decision import Action
from appliances.services import changes, confirming, installer, lowering
from appliances.services.actor import By
from appliances.services.cleaning import InUse, Invalid, clean
from appliances.services.outcome import Changed, Missing
from appliances.services.turn import Turn

FIELDS = ("name", "parent_id", "limit")


def add(*, home_id: int, wanted: Mapping[str, Any], by: By, now: datetime) -> Changed:
    """Add a branch circuit; `wanted` holds FIELDS. Raises Invalid, InstallerCodeNeeded, Missing, Busy."""

    def body(here: Turn) -> int:
        installer.require(here)
        return put(here, wanted).pk

    return installer.take(home_id=home_id, by=by, now=now, body=body)


def put(here: Turn, wanted: Mapping[str, Any]) -> Circuit:
    """The step of `add` inside a turn; a circuit without a parent is the main of a home that has none."""
    row = Circuit(home=here.home)
    changes.apply(row, wanted, FIELDS)
    _check_parent(here, row)
    clean(row)

    row.save(force_insert=True)

    here.record(Action.ADD_CIRCUIT, row, facts={"changes": changes.all_of(row, FIELDS)})
    here.circuits.add(row.pk)
    return row


def change(
    *, circuit_id: int, wanted: Mapping[str, Any], by: By, now: datetime, shed: Collection[int] | None = None
) -> Changed:
    """Change what `wanted` names; everything on must still fit everywhere. Raises Refused, Invalid, Missing, Busy.

    `shed` are the appliances to be switched off for it, as a preview named them (`lowering`). Raises PreviewChanged.
    A higher limit asks who it is (ConfirmFirst) and, like another feed, for the home's code (InstallerCodeNeeded).
    """

    def body(here: Turn) -> int:
        row = here.circuit(circuit_id)
        was_main = row.parent_id is None
        changed = changes.apply(row, wanted, FIELDS)
        if not changed:
            return row.pk
        if was_main and row.parent_id is not None:
            raise Invalid({"parent_id": [_("The main circuit is fed by the supply itself.")]})
        _check_parent(here, row)
        clean(row)
        guard_raise(here, changed)
        after = here.tree.with_breaker(here.breaker(row))
        try:
            after.path(row.pk)
        except BrokenTree:
            raise Invalid({"parent_id": [_("A circuit cannot be fed from itself or from below itself.")]}) from None

        facts = {"changes": changed}
        if shed is not None:
            after = lowering.make_room(here, after, shed, facts, row)
        asked = {**facts, **lowering.offer(here, after)}
        verdict = here.admit(Action.CHANGE_CIRCUIT, row, after=after, about=row.pk, facts=asked)
        if verdict is None:
            return row.pk

        row.save(update_fields=list(changed))

        here.record(Action.CHANGE_CIRCUIT, row, verdict=verdict, facts=facts)
        here.circuits.update(breaker.id for tree in (here.tree, after) for breaker in tree.path(row.pk))
        return row.pk

    return installer.take(home_id=home_of(circuit_id), by=by, now=now, body=body)


def guard_raise(here: Turn, changed: changes.Changes) -> None:
    """What lets more through, or lets it through another way, asks first. Raises ConfirmFirst, InstallerCodeNeeded."""
    before, after = changed.get("limit", (None, None))
    raises = before is not None and after is not None and Decimal(after) > Decimal(before)
    if raises:
        confirming.require(here.by)
    if raises or "parent_id" in changed:
        installer.require(here)


def remove(*, circuit_id: int, by: By, now: datetime) -> Changed:
    """Take away a circuit that feeds nothing. Raises InUse, InstallerCodeNeeded, Missing, Busy."""

    def body(here: Turn) -> int:
        installer.require(here)
        row = here.circuit(circuit_id)
        _check_unused(row)
        path = here.tree.path(circuit_id)

        here.record(Action.REMOVE_CIRCUIT, row, facts={"changes": changes.none_left(row, FIELDS)})
        row.delete()

        here.circuits.update(breaker.id for breaker in path)
        return circuit_id

    return installer.take(home_id=home_of(circuit_id), by=by, now=now, body=body)


def home_of(circuit_id: int) -> int:
    """The home a circuit belongs to, which never changes. Raises Missing."""
    home_id = Circuit.objects.filter(pk=circuit_id).values_list("home_id", flat=True).first()
    if home_id is None:
        raise Missing("There is no such circuit.")
    return home_id


def _check_unused(row: Circuit) -> None:
    if row.parent_id is None:
        raise InUse(_("The main circuit stays as long as its home."))
    branches = Circuit.objects.filter(parent=row).count()
    plugged = Appliance.objects.filter(circuit=row).count()
    if branches:
        text = ngettext(
            "%d circuit is fed from it. Move it first.", "%d circuits are fed from it. Move them first.", branches
        )
        raise InUse(text % branches)
    if plugged:
        text = ngettext(
            "%d appliance is plugged in at it. Move or remove it first.",
            "%d appliances are plugged in at it. Move or remove them first.",
            plugged,
        )
        raise InUse(text % plugged)


def _check_parent(here: Turn, row: Circuit) -> None:
    if row.parent_id is None:
        return
    if not Circuit.objects.filter(pk=row.parent_id, home=here.home).exists():
        raise Invalid({"parent_id": [_("There is no such circuit in this home.")]})
