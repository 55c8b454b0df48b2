"""Temporary limits: of the grid, a generator, a party. Each has an end, and the lowest of several wins."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appliances.models import Decision, TemporaryLimit
from appliances.models.decision import Action
from appliances.services import changes, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid, clean
from appliances.services.facts import of_limit
from appliances.services.outcome import Changed, Missing
from appliances.services.turn import Turn

FIELDS = ("circuit_id", "limit", "starts_at", "ends_at", "source", "reason")
LONGEST = timedelta(days=366)


def add(*, home_id: int, wanted: Mapping[str, Any], by: By, now: datetime) -> Changed:
    """Limit a circuit (the main where none is named) for a while; `wanted` holds FIELDS. Raises Invalid, Busy.

    It may lie below what is on: that is a fact then, which the controller and the people at home deal with.
    """

    def body(here: Turn) -> int:
        row = TemporaryLimit(home=here.home, starts_at=now)
        main = next(one.pk for one in here.rows.circuits.values() if one.parent_id is None)
        changes.apply(row, {"circuit_id": main, **wanted}, FIELDS)
        _check(here, row)
        row.begun = row.starts_at <= now
        clean(row)
        row.save(force_insert=True)

        _record(here, row, Action.ADD_LIMIT)
        return row.pk

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def remove(*, limit_id: int, by: By, now: datetime) -> Changed:
    """Lift a temporary limit before its end. Raises Missing, Busy."""

    def body(here: Turn) -> int:
        row = next((one for one in here.rows.limits if one.pk == limit_id), None)
        if row is None:
            raise Missing("There is no such temporary limit.")
        end(here, row, Action.REMOVE_LIMIT)
        return limit_id

    return turn.take(home_id=home_of(limit_id), by=by, now=now, body=body)


def as_added(decision: Decision) -> TemporaryLimit:
    """The limit that was added by it, which may be over or lifted since."""
    facts = decision.facts["temporary_limit"]
    starts_at, ends_at = (datetime.fromisoformat(facts[name]).astimezone(UTC) for name in ("starts_at", "ends_at"))
    kept = {name: facts[name] for name in ("circuit_id", "source", "reason")}
    return TemporaryLimit(pk=facts["id"], limit=Decimal(facts["limit"]), starts_at=starts_at, ends_at=ends_at, **kept)


def in_force(home_id: int, now: datetime) -> list[int]:
    """The ids of those that hold now."""
    rows = TemporaryLimit.objects.filter(home=home_id, starts_at__lte=now, ends_at__gt=now)
    return list(rows.order_by("id").values_list("id", flat=True))


def begin(here: Turn, row: TemporaryLimit) -> None:
    """The step inside a turn: from now on it holds, which is put on record."""
    TemporaryLimit.objects.filter(pk=row.pk).update(begun=True)
    here.record(
        Action.BEGIN_LIMIT, here.rows.circuits[row.circuit_id], facts={"temporary_limit": of_limit(row, here.local)}
    )
    here.circuits.add(row.circuit_id)


def end(here: Turn, row: TemporaryLimit, action: Action) -> None:
    """The step inside a turn: it holds no longer."""
    _record(here, row, action)
    TemporaryLimit.objects.filter(pk=row.pk).delete()


def _record(here: Turn, row: TemporaryLimit, action: Action) -> None:
    facts = {"temporary_limit": of_limit(row, here.local)}
    here.record(action, here.rows.circuits[row.circuit_id], facts=facts)
    here.circuits.add(row.circuit_id)


def home_of(limit_id: int) -> int:
    """Raises Missing."""
    home_id = TemporaryLimit.objects.filter(pk=limit_id).values_list("home_id", flat=True).first()
    if home_id is None:
        raise Missing("There is no such temporary limit.")
    return home_id


def _check(here: Turn, row: TemporaryLimit) -> None:
    if row.circuit_id not in here.rows.circuits:
        raise Invalid({"circuit_id": [_("There is no such circuit in this home.")]})
    if row.limit is None:
        raise Invalid({"limit": [_("Say how many watts. No limit at all is not a limit.")]})
    if not isinstance(row.ends_at, datetime):
        raise Invalid({"ends_at": [_("Say when it ends.")]})
    if row.ends_at <= here.now:
        raise Invalid({"ends_at": [_("It ends in the past.")]})
    if row.ends_at - max(row.starts_at, here.now) > LONGEST:
        raise Invalid({"ends_at": [_("A temporary limit lasts at most a year; change the circuit's own limit.")]})
