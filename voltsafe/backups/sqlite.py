"""A backup's rows out of SQLite, and into a new file that takes the place of the old one once it is whole."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection, connections

from appliances.services import reading
from voltsafe.backups import archive, lines
from voltsafe.backups.manifest import CannotRestore
from voltsafe.backups.tables import Table

AT_ONCE = 500
BESIDE = ("", "-wal", "-shm", "-journal")
"""What a database's file may have beside it."""


@contextmanager
def one_moment() -> Iterator[None]:
    """No writer waits for it: a reader of the write-ahead log sees what was committed when it began."""
    with reading.one_moment():
        yield


def dump(table: Table) -> Iterator[bytes]:
    # Text as it is stored: Django's connection makes objects of what has a column's type.
    columns = ", ".join(f"CAST({_quoted(column.name)} AS TEXT)" for column in table.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {_quoted(table.name)}")  # noqa: S608 (names of our own tables)
        while rows := cursor.fetchmany(AT_ONCE):
            yield b"".join([lines.line(row) for row in rows])


def last_id(table: Table) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def load(name: str, columns: list[str], reader: archive.Reader) -> int:
    """How many rows came in."""
    named = ", ".join(map(_quoted, columns))
    sql = f"INSERT INTO {_quoted(name)} ({named}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
    count = 0
    with connection.cursor() as cursor:
        for some in _some(reader.lines(name)):
            cursor.executemany(sql, some)
            count += len(some)
    return count


def _some(written: Iterable[bytes]) -> Iterator[list[list[str | None]]]:
    gathered: list[list[str | None]] = []
    for one in written:
        gathered.append(lines.row(one))
        if len(gathered) == AT_ONCE:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


@contextmanager
def unguarded(name: str) -> Iterator[None]:
    """In here the table has no triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [name])
        triggers = cursor.fetchall()
        for trigger, _made in triggers:
            cursor.execute(f"DROP TRIGGER {_quoted(trigger)}")
        yield
        for _trigger, made in triggers:
            cursor.execute(made)


def give_on_from(table: Table, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])


def others() -> str:
    """Who else has the database open; nothing where nobody has."""
    connection.close()
    path = Path(connection.settings_dict["NAME"])
    try:
        _fold(path)
    except sqlite3.DatabaseError as why:  # one that is damaged is a reason to restore
        return f"Another program has {path} open" if _is(why, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else ""
    return ""


@contextmanager
def replacement() -> Iterator[None]:
    """In here the default connection is to an empty database; it becomes the real one at the end, or nothing does."""
    own = connections[DEFAULT_DB_ALIAS]
    own.close()
    path = Path(own.settings_dict["NAME"])
    aside = path.with_name(f"{path.name}.restoring")
    _remove(aside)
    made = type(own)({**own.settings_dict, "NAME": str(aside)}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = made
    try:
        with made.cursor() as cursor:
            # It is flushed once, as a whole.
            cursor.execute("PRAGMA synchronous = OFF")
        yield
        made.close()
        _fold(aside)
        _flush(aside)
        _retire(path)
        aside.replace(path)
        archive.flush_folder(path.parent)
    finally:
        made.close()
        connections[DEFAULT_DB_ALIAS] = own
        _remove(aside)


def _fold(path: Path) -> None:
    """Into one file, if it is there. That works only where nobody else has it open."""
    if not path.exists():
        return
    opened = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        # Reading it brings what a crash has left to its end.
        opened.execute("SELECT count(*) FROM sqlite_master")
        opened.execute("PRAGMA journal_mode = DELETE")
    finally:
        opened.close()


def _retire(path: Path) -> None:
    """The old file alone, without its log: what is left of that would be played into the new one."""
    try:
        _fold(path)
    except sqlite3.DatabaseError as why:
        if not _is(why, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise CannotRestore(f"{path} cannot be replaced: {why}. The database is as it was.") from why
        for more in BESIDE[1:]:
            Path(f"{path}{more}").unlink(missing_ok=True)


def _is(why: sqlite3.Error, *codes: int) -> bool:
    """Its code without what SQLite adds to it."""
    return why.sqlite_errorcode & 0xFF in codes


def _remove(path: Path) -> None:
    for more in BESIDE:
        Path(f"{path}{more}").unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
