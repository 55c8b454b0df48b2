"""How the record keeps what a decision speaks of: plain JSON, watts and moments as text."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from appliances.balancer import units
from appliances.balancer.tree import Load
from appliances.models import TemporaryLimit


def of_loads(loads: Iterable[Load]) -> list[dict[str, Any]]:
    return [{"id": load.id, "name": load.name, "watts": str(units.to_watts(load.rated_mw))} for load in loads]


def of_limit(row: TemporaryLimit, moment: Callable[[datetime], str] = datetime.isoformat) -> dict[str, Any]:
    return {
        "id": row.pk,
        "circuit_id": row.circuit_id,
        "limit": str(row.limit),
        "starts_at": moment(row.starts_at),
        "ends_at": moment(row.ends_at),
        "source": row.source,
        "reason": row.reason,
    }
