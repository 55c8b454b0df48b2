"""The decisions of a home as the checker reads them: from the JSON of the API, or from rows, which make the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from appliances.balancer import units
from appliances.models import Decision, Home
from appliances.presentation import resources
from tests.linear.house import LONG_AGO, Limit

GRANTED = "granted"
REFUSED = "refused"
SWITCHES = {"switch_on", "switch_off", "swap"}


@dataclass(frozen=True)
class Numbers:
    """What a decision was taken on, in milliwatts."""

    circuit_id: int
    load_before_mw: int
    load_after_mw: int
    limit_mw: int
    exceeded_by_mw: int | None = None


@dataclass(frozen=True)
class Row:
    revision: int
    action: str
    subject_id: int
    outcome: str
    by: str = ""
    numbers: Numbers | None = None
    off: frozenset[int] = frozenset()
    """What a swap named that was on."""
    changed: Mapping[str, Any] | None = None
    """The new values, watts as milliwatts."""
    at: datetime = LONG_AGO
    limit: Limit | None = None
    """The temporary one that came, began, ended or was lifted."""
    rests_until: datetime | None = None
    """Where that is why it was refused."""
    moment: float | None = None
    """`at`, by the clock of the operations."""


def of_home(home: Home, since: int = 0) -> list[Row]:
    """Its decisions after that revision."""
    rows = Decision.objects.filter(home=home, revision__gt=since).order_by("revision")
    return of_json(resources.decision(row) for row in rows)


def of_json(items: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Of `GET /homes/<slug>/decisions`, all pages; in any order."""
    return sorted((_row(one) for one in items), key=lambda row: row.revision)


def milliwatts(watts: Any) -> int:
    """Of a JSON number or a text; the shortest text of such a number is exact."""
    return units.to_mw(Decimal(str(watts)), most_mw=units.MOST_SUM_MW)


def _row(one: Mapping[str, Any]) -> Row:
    facts = one["facts"]
    changed = {name: after for name, (_before, after) in facts.get("changes", {}).items()}
    return Row(
        one["revision"],
        one["action"],
        one["subject"]["id"],
        one["outcome"],
        one["by"]["name"],
        None if one["circuit"] is None or one["load_after_watts"] is None else _numbers(one),
        frozenset(each["id"] for each in facts.get("off", [])),
        {name: milliwatts(value) if name in {"limit", "rated"} else value for name, value in changed.items()},
        datetime.fromisoformat(one["at"]),
        limit_of(facts["temporary_limit"]) if "temporary_limit" in facts else None,
        datetime.fromisoformat(facts["rests_until"]) if "rests_until" in facts else None,
    )


def limit_of(told: Mapping[str, Any]) -> Limit:
    """As the record and the API name it."""
    starts_at, ends_at = (datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at"))
    circuit_id = told["circuit"]["id"] if "circuit" in told else told["circuit_id"]
    watts = told["limit_watts"] if "limit_watts" in told else told["limit"]
    return Limit(told["id"], circuit_id, milliwatts(watts), starts_at, ends_at)


def standing(record: Iterable[Row]) -> dict[int, Limit]:
    """The temporary limits that came and whose end is not on record, by their ids."""
    found: dict[int, Limit] = {}
    for row in sorted(record, key=lambda row: row.revision):
        if row.limit is not None and row.action in {"end_limit", "remove_limit"}:
            found.pop(row.limit.id, None)
        elif row.limit is not None and row.outcome == GRANTED:
            found[row.limit.id] = row.limit
    return found


def switched_at(record: Iterable[Row]) -> dict[int, datetime]:
    """When each appliance was last switched on or off, by what was decided so far."""
    found: dict[int, datetime] = {}
    for row in sorted(record, key=lambda row: row.revision):
        if row.action in SWITCHES and row.outcome == GRANTED:
            found |= dict.fromkeys([row.subject_id, *row.off], row.at)
    return found


def _numbers(one: Mapping[str, Any]) -> Numbers:
    exceeded = one["exceeded_by_watts"]
    return Numbers(
        one["circuit"]["id"],
        milliwatts(one["load_before_watts"]),
        milliwatts(one["load_after_watts"]),
        milliwatts(one["limit_watts"]),
        None if exceeded is None else milliwatts(exceeded),
    )
