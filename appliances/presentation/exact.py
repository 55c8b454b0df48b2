"""Watts as JSON numbers."""

from decimal import Decimal
from typing import Any

from appliances.balancer import units

Json = dict[str, Any]


def exact(watts: Decimal | None) -> int | float | None:
    """A JSON number with at most three decimals; its shortest text is exact up to far more than 1 GW."""
    if watts is None:
        return None
    whole = int(watts)
    return whole if whole == watts else float(watts)


def exact_mw(milliwatts: int) -> int | float | None:
    whole, rest = divmod(milliwatts, units.MW_PER_WATT)
    return exact(units.to_watts(milliwatts)) if rest else whole
