"""Watts as people write them, milliwatts as the balancer counts them: exact both ways, never a float."""

from decimal import ROUND_DOWN, Decimal, InvalidOperation

MOST_MW = 1_000_000_000_000
"""1 GW in milliwatts: more than any home, and far below where 64-bit sums would overflow."""

MW_PER_WATT = 1000

MOST_SUM_MW = 10**18
"""What a sum of watts may come to: a 64-bit column holds it."""

ONE_MW = Decimal("0.001")
"""In watts."""


class NotExactWatts(ValueError):
    """The text or number is not watts with at most three decimals."""


def to_mw(watts: Decimal | int | str, *, most_mw: int = MOST_MW) -> int:
    """Whole milliwatts of `watts`; what would have to be rounded is refused, a float, and more than `most_mw`."""
    if isinstance(watts, bool) or not isinstance(watts, Decimal | int | str):
        raise NotExactWatts("Watts are whole numbers, decimals or text, never binary fractions.")
    try:
        exact = Decimal(watts)
    except InvalidOperation:
        raise NotExactWatts("Give watts as a number, for example 2000 or 0.5.") from None
    if not exact.is_finite():
        raise NotExactWatts("Give watts as a number, for example 2000 or 0.5.")
    # Sized up before any arithmetic: that would round past 28 digits, overflow, or take its time over a million.
    if exact.copy_abs() > most_mw // MW_PER_WATT:
        raise NotExactWatts(f"That is more than {most_mw // MOST_MW} GW.")
    thousandths = exact.quantize(ONE_MW, rounding=ROUND_DOWN)
    if thousandths != exact:
        raise NotExactWatts("Watts have at most three decimals.")
    return int(thousandths * MW_PER_WATT)


def to_watts(mw: int) -> Decimal:
    """Watts of whole milliwatts, without trailing zeros: 5000000 -> 5000, 100 -> 0.1."""
    whole, rest = divmod(mw, MW_PER_WATT)
    if not rest:
        return Decimal(whole)
    return (Decimal(mw) / MW_PER_WATT).normalize()
