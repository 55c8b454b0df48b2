"""What a backup says of itself: of which version, of which state, and what must be in it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from voltsafe.version import VERSION

FORMAT = 1
NAME = "manifest.json"
KEY = "secret-key"
"""The member that holds the secret key, where it is inside."""


class CannotRestore(Exception):
    """Why, and what to do about it. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One table: its rows are the lines of one member."""

    columns: list[str]
    rows: int
    last_id: int
    """The last number that the table has given to a row, though that may be gone: it is given to no other."""


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    version: str
    made_at: str
    engine: str
    migrations: list[str]
    key_fingerprint: str
    tables: dict[str, Kept]
    sha256: dict[str, str]
    """Of every member but this one."""

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1)

    def rows(self, table: str) -> int:
        return self.tables[table].rows if table in self.tables else 0


def read(text: bytes) -> Manifest:
    """Raises CannotRestore where it is none, or of a format of later."""
    try:
        found: Mapping[str, Any] = json.loads(text)
        its_format = int(found["format"])
        if its_format > FORMAT:
            raise CannotRestore(
                f"It was made by VoltSafe {found.get('version', '?')}, in a format that this one ({VERSION}) does not "
                "know. Restore it with that version or a newer one."
            )
        tables = {str(name): Kept(**kept) for name, kept in found["tables"].items()}
        return Manifest(**{**found, "tables": tables})
    except (ValueError, TypeError, KeyError, AttributeError) as why:
        raise CannotRestore(f"It is no backup of VoltSafe: its {NAME} cannot be read ({why}).") from why


def member(table: str) -> str:
    """The name of the member with its rows."""
    return f"rows/{table}.tsv"
