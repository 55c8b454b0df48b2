"""A migration is recorded in the very transaction that makes it, whatever it left for the end.

Django records it there only where no statement was deferred (an index, a foreign key), else after the commit: killed in
between, a database has the new tables and no word of it, and no start gets past that. So what was deferred is done when
Django asks whether anything was, which it does once a migration's operations are through.
"""

from collections.abc import Callable, Iterable
from typing import Any


class Deferred(list[Any]):
    """The statements of one migration that wait for its end."""

    def __init__(self, execute: Callable[[Any, None], None], statements: Iterable[Any]) -> None:
        super().__init__(statements)
        self._execute = execute

    def __bool__(self) -> bool:
        while len(self):
            self._execute(self.pop(0), None)
        return False


class AtOnce:
    """For a schema editor."""

    execute: Callable[..., None]
    _deferred: Deferred

    @property
    def deferred_sql(self) -> Deferred:
        return self._deferred

    @deferred_sql.setter
    def deferred_sql(self, statements: Iterable[Any]) -> None:
        self._deferred = Deferred(self.execute, statements)
