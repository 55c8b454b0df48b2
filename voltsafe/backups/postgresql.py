"""A backup's rows out of PostgreSQL by COPY, in one snapshot, and into it, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from appliances.interlock import guard
from appliances.services import reading
from voltsafe.backups import archive
from voltsafe.backups.tables import Column, Table

MIGRATIONS = "django_migrations"

_AS_TEXT = {
    "BooleanField": "{}::int",
    # As Django writes it into SQLite: in UTC, without a fraction where there is none.
    "DateTimeField": r"regexp_replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '\.000000$', '')",
    "GenericIPAddressField": "host({})",
}


@contextmanager
def one_moment() -> Iterator[None]:
    """No writer waits for it, a migration does: a table that is made anew looks empty to whoever saw the old one."""
    with connection.cursor() as cursor:
        tables = _ours(cursor)
    with reading.one_moment(), connection.cursor() as cursor:
        _take_your_time(cursor)
        if tables:
            # Before the first query, which is what fixes the moment.
            cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(_listed(tables)))
        yield


def dump(table: Table) -> Iterator[bytes]:
    columns = sql.SQL(", ").join(map(_as_text, table.columns))
    copy = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(columns, sql.Identifier(table.name))
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copy) as blocks:
        for block in blocks:
            yield bytes(block)


def _as_text(column: Column) -> sql.Composable:
    # Of what is of another kind, COPY's own text is what SQLite's column takes.
    return sql.SQL(_AS_TEXT.get(column.kind, "{}")).format(sql.Identifier(column.name))


def last_id(table: Table) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(*_sequence(cursor, table)))
        )
        value, is_called = cursor.fetchone()
    return int(value) if is_called else 0


def load(name: str, columns: list[str], reader: archive.Reader) -> int:
    """How many rows came in."""
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), named)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        with cursor.copy(copy) as rows:
            for block in reader.blocks(name):
                rows.write(block)
        return int(cursor.rowcount)


@contextmanager
def unguarded(name: str) -> Iterator[None]:
    """In here the table's triggers do nothing."""
    table = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(quote_ident(%s)) AND NOT tgisinternal", [name]
        )
        triggers = [sql.Identifier(trigger) for (trigger,) in cursor.fetchall()]
        for trigger in triggers:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(table, trigger))
        yield
        for trigger in triggers:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(table, trigger))


def give_on_from(table: Table, last: int) -> None:
    with connection.cursor() as cursor:
        sequence = sql.Identifier(*_sequence(cursor, table)).as_string()
        cursor.execute("SELECT setval(%s, %s, %s)", [sequence, max(last, 1), last > 0])


def _sequence(cursor: CursorWrapper, table: Table) -> tuple[str, str]:
    """Its schema and its name."""
    cursor.execute(
        """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = pg_get_serial_sequence(quote_ident(%s), %s)::regclass
        """,
        [table.name, table.counter],
    )
    schema, name = cursor.fetchone()
    return schema, name


def others() -> str:
    """Who else is connected to the database; nothing where nobody is."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), string_agg(DISTINCT coalesce(host(client_addr), 'the local socket'), ', ')
            FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
            """
        )
        count, places = cursor.fetchone()
    return f"{count} other connections to the database are open (from {places})" if count else ""


@contextmanager
def replacement() -> Iterator[None]:
    """In here the database has none of our tables; what is made of it holds at the end, or nothing does."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            _take_your_time(cursor)
            guard.remove(connection)
            _drop_tables(cursor)
        yield


def _take_your_time(cursor: CursorWrapper) -> None:
    ours: Any = connection
    ours.connection.patience = None
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SET LOCAL {limit} = 0")


def _drop_tables(cursor: CursorWrapper) -> None:
    if tables := _ours(cursor):
        # What somebody else has built upon them stands in the way, and is named.
        cursor.execute(sql.SQL("DROP TABLE {}").format(_listed(tables)))


def _ours(cursor: CursorWrapper) -> list[str]:
    """Those of a newer version too, which this program has no name for: by the apps they are named after."""
    there = connection.introspection.table_names(cursor)
    # Django's own are named after Django.
    labels = {"django", *(config.label for config in apps.get_app_configs())}
    if MIGRATIONS in there:
        cursor.execute(f"SELECT DISTINCT app FROM {MIGRATIONS}")  # noqa: S608 (a constant)
        labels |= {app for (app,) in cursor.fetchall()}
    return [name for name in there if name.startswith(tuple(f"{label}_" for label in labels))]


def _listed(tables: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, tables))
