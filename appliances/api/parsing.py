"""JSON as it was sent: no number becomes a binary fraction, and no name is said twice."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

LONGEST_INT = 19
"""Digits of the largest number a database has for an id. More would take their time to convert, for nothing."""


class ExactParser(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(
            request.body,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=Decimal,
            object_pairs_hook=_object,
        )
        return parsed


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= LONGEST_INT else _decimal(text)


def _decimal(text: str) -> Decimal:
    """Exact. An exponent beyond reckoning is no number; the field it is for will say so."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A name stands twice in the same object.")
    return found
