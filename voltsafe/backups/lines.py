"""Rows as lines of text, the same for both databases: what PostgreSQL's COPY writes and reads.

Columns are parted by tabs, nothing is `\\N`; truth is 1 or 0, an instant is `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC, JSON
is its text. SQLite's columns make numbers of such text by themselves (their affinity).
"""

import re
from collections.abc import Iterable

NOTHING = r"\N"
_ESCAPES = {"\\": "\\", "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f", "\v": "v"}
_WRITTEN = str.maketrans({meant: f"\\{letter}" for meant, letter in _ESCAPES.items()})
_MEANT = {letter: meant for meant, letter in _ESCAPES.items()}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def line(row: Iterable[str | None]) -> bytes:
    return ("\t".join([NOTHING if text is None else text.translate(_WRITTEN) for text in row]) + "\n").encode()


def row(written: bytes) -> list[str | None]:
    text = written.decode().removesuffix("\n")
    fields = text.split("\t")
    if "\\" not in text:
        return list(fields)
    return [None if one == NOTHING else _ESCAPE.sub(_meant, one) for one in fields]


def _meant(escape: "re.Match[str]") -> str:
    return _MEANT.get(escape[1], escape[1])
