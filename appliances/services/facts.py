"""How the record keeps what a decision speaks of: plain JSON, watts and moments as text."""

from collections.abc import Iterable
from typing import Any

from appliances.balancer import units
from appliances.balancer.tree import Load
from appliances.models import TemporaryLimit


def of_loads(loads: Iterable[Load]) -> list[dict[str, Any]]:
    return [{"id": load.id, "name": load.name, "watts": str(units.to_watts(load.rated_mw))} for load in loads]


def of_limit(row: TemporaryLimit) -> dict[str, Any]:
    return {
        "id": row.pk,
        "circuit_id": row.circuit_id,
        "limit": str(row.limit),
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "source": row.source,
        "reason": row.reason,
    }
