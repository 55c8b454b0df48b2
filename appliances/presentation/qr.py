"""A link as a QR code to hold a phone to: plain numbers and a path for an inline SVG."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
"""Light modules around it; ISO/IEC 18004 asks for as many."""


@dataclass(frozen=True, slots=True)
class Code:
    size: int
    """Modules a side, with the quiet ones."""
    path: str
    """Of the dark modules, for `<path d>`."""


def code(text: str) -> Code:
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    made.add_data(text)
    rows = made.get_matrix()
    runs = [f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)]
    return Code(len(rows), "".join(runs))


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many stand together."""
    begins = [x for x, dark in enumerate(row) if dark and not (x and row[x - 1])]
    return [(x, next(n for n, dark in enumerate([*row[x:], False]) if not dark)) for x in begins]
