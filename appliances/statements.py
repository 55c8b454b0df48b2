"""A statement that is asked all the time, its SQL made before: on SQLite it goes to the driver without a detour.

What Django does around each cursor (a wrapper, a debug look, an encoding of the SQL) costs several times what SQLite
takes for a row by its key. Where somebody listens (a test that counts, a wrapper) it goes the long way.
"""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


class Statement:
    """`%s` stands for each value, on every engine."""

    def __init__(self, sql: str) -> None:
        self._sql = sql
        # As SQLite's backend of Django has it.
        self._to_sqlite = sql.replace("%s", "?").replace("%%", "%")

    def ask(self, values: Sequence[Any] = (), *, on: Any = None) -> list[tuple[Any, ...]]:
        """All rows; `on` names the connection where it is not this thread's own."""
        here = on or connections[DEFAULT_DB_ALIAS]
        if _nobody_listens(here):
            with here.wrap_database_errors:
                found: list[tuple[Any, ...]] = here.connection.execute(self._to_sqlite, values).fetchall()
        else:
            with here.cursor() as cursor:
                cursor.execute(self._sql, values)
                found = cursor.fetchall()
        return found

    def do(self, values: Sequence[Any] = ()) -> None:
        here = connections[DEFAULT_DB_ALIAS]
        if _nobody_listens(here):
            with here.wrap_database_errors:
                here.connection.execute(self._to_sqlite, values)
            return
        with here.cursor() as cursor:
            cursor.execute(self._sql, values)


def _nobody_listens(here: Any) -> bool:
    return (
        here.vendor == "sqlite"
        and here.connection is not None
        and not here.needs_rollback
        and not here.execute_wrappers
        and not here.queries_logged
    )
