"""JSON in which every number is exact: watts as they are told, and whatever is sent."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from appliances.balancer import units

Json = dict[str, Any]

LONGEST_INT = 19
"""Digits of the largest number a database has for an id. More would take their time to convert, for nothing."""


def parsed(text: str | bytes) -> Any:
    """JSON as it was sent: no number becomes a binary fraction, no name is said twice. Raises ValueError."""
    try:
        return json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=Decimal, object_pairs_hook=_object
        )
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= LONGEST_INT else _decimal(text)


def _decimal(text: str) -> Decimal:
    """Exact. An exponent beyond reckoning is no number; the field it is for will say so."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A name stands twice in the same object.")
    return found


def exact(watts: Decimal | None) -> int | float | None:
    """A JSON number with at most three decimals; its shortest text is exact up to far more than 1 GW."""
    if watts is None:
        return None
    whole = int(watts)
    return whole if whole == watts else float(watts)


def exact_mw(milliwatts: int) -> int | float | None:
    whole, rest = divmod(milliwatts, units.MW_PER_WATT)
    return exact(units.to_watts(milliwatts)) if rest else whole
