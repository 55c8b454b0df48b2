"""Watts as a person reads them."""

from decimal import Decimal

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def watts(amount: Decimal) -> str:
    """5000 -> "5 000 W", 0.1 -> "0.1 W": exact, thousands apart by a thin space that does not break."""
    return f"{number(amount)}{THIN_SPACE}W"


def number(amount: Decimal) -> str:
    whole, point, rest = format(amount, "f").partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole):,}".replace(",", THIN_SPACE) + (f"{point}{rest}" if rest else "")
