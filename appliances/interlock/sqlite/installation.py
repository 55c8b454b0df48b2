"""Puts the triggers into a SQLite database, takes them out, and compares."""

from collections.abc import Iterator

from django.db.backends.utils import CursorWrapper

from appliances.interlock import tables
from appliances.interlock.sqlite.triggers import INDEXES, REPAIR_ALL_LOADS, TRIGGERS


def create(cursor: CursorWrapper) -> None:
    for sql in INDEXES.values():
        cursor.execute(sql)
    cursor.execute(REPAIR_ALL_LOADS)
    for sql in TRIGGERS.values():
        cursor.execute(sql)


def drop(cursor: CursorWrapper) -> None:
    for name in _found(cursor):
        if name.startswith(tables.PREFIX):
            cursor.execute(f'DROP TRIGGER "{name}"')
    for name in INDEXES:
        cursor.execute(f'DROP INDEX IF EXISTS "{name}"')


drop_for_good = drop


def differences(cursor: CursorWrapper) -> Iterator[str]:
    found = _found(cursor)
    for name, sql in TRIGGERS.items():
        if name not in found:
            yield f"trigger {name} is missing"
        elif found[name][1] != sql:
            yield f"trigger {name} is not as installed"
    for name in sorted(found.keys() - TRIGGERS.keys()):
        if found[name][0] in tables.GUARDED or name.startswith(tables.PREFIX):
            yield f"trigger {name} on {found[name][0]} is not ours"


def _found(cursor: CursorWrapper) -> dict[str, tuple[str, str]]:
    cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name: (table, sql) for name, table, sql in cursor.fetchall()}
