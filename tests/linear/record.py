"""The decisions of a home as the checker reads them: from the JSON of the API, or from rows, which make the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from appliances.balancer import units
from appliances.models import Decision, Home
from appliances.presentation import resources


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
    )


def _numbers(one: Mapping[str, Any]) -> Numbers:
    exceeded = one["exceeded_by_watts"]
    return Numbers(
        one["circuit"]["id"],
        milliwatts(one["load_before_watts"]),
        milliwatts(one["load_after_watts"]),
        milliwatts(one["limit_watts"]),
        None if exceeded is None else milliwatts(exceeded),
    )
