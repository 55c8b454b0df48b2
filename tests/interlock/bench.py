"""A database of its own for one program of raw SQL, in which nothing but the interlock stands in the way."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection

from tests.interlock import house

Values = Sequence[Any]


class Nonsense(Exception):
    """The statement was never tried: it does not say what its author meant."""


class SQLiteBench:
    """In memory, as a copy of the test database."""

    refusals = (sqlite3.IntegrityError, sqlite3.OperationalError, OverflowError)

    def __init__(self, template: bytes) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.deserialize(template)
        self._connection.execute("PRAGMA foreign_keys = ON")

    def execute(self, sql: str, values: Values = ()) -> None:
        try:
            self._connection.execute(sql.replace("%s", "?"), values)
        except sqlite3.OperationalError as error:
            if any(words in str(error) for words in ("syntax error", "no such column", "no such table", "values for")):
                raise Nonsense(sql) from error
            raise

    def rows(self, table: str) -> dict[int, house.Row]:
        sql, names = house.select(table)
        return house.by_id(names, self._connection.execute(sql).fetchall())

    def close(self) -> None:
        self._connection.close()


class PostgreSQLBench:
    """A transaction that is rolled back, with a savepoint around every statement."""

    refusals = (psycopg.Error,)

    def __init__(self, postgresql: psycopg.Connection[Any]) -> None:
        self._connection = postgresql
        self._savepoints = 0
        postgresql.execute("SET CONSTRAINTS ALL DEFERRED")  # opens the transaction
        for sql, values in house.STATEMENTS:
            self.execute(sql, values)

    def execute(self, sql: str, values: Values = ()) -> None:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            self._use_savepoint(sql)
            return
        try:
            with self._connection.transaction():
                self._connection.execute(sql, values)
        except (psycopg.errors.SyntaxErrorOrAccessRuleViolation, psycopg.InternalError) as error:
            raise Nonsense(sql) from error

    def rows(self, table: str) -> dict[int, house.Row]:
        sql, names = house.select(table)
        return house.by_id(names, self._connection.execute(sql).fetchall())

    def _use_savepoint(self, sql: str) -> None:
        """Not inside another one, and only if there is one: an error would end the whole program."""
        if not sql.startswith("SAVEPOINT") and not self._savepoints:
            raise psycopg.ProgrammingError("no such savepoint")
        self._connection.execute(sql)
        self._savepoints += {"SAVEPOINT": 1, "RELEASE": -1}.get(sql.split(maxsplit=1)[0], 0)

    def close(self) -> None:
        self._connection.rollback()


def sqlite_template() -> bytes:
    """The schema of the test database with both homes in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE sql <> '' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
        schema = [sql for (sql,) in cursor.fetchall()]
    memory = sqlite3.connect(":memory:", isolation_level=None)
    for sql in schema:
        memory.execute(sql)
    for sql, values in house.STATEMENTS:
        memory.execute(sql.replace("%s", "?"), values)
    template = memory.serialize()
    memory.close()
    return template
