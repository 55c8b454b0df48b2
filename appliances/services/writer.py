"""The one connection by which this process writes to SQLite, lent to whoever's turn it is.

One connection for all writes tells, by what SQLite says of the others, whether what it wrote last is still the newest.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_kept: list[BaseDatabaseWrapper] = []


@contextmanager
def of_this_process() -> Iterator[None]:
    """In here this thread's connection is the writer's; only for whoever holds the writers' turn."""
    own = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = _connection()
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = own


def is_used() -> bool:
    """Whether this thread writes by it."""
    return bool(_kept) and connections[DEFAULT_DB_ALIAS] is _kept[0]


def _connection() -> BaseDatabaseWrapper:
    if not _kept:
        made = connections.create_connection(DEFAULT_DB_ALIAS)
        # Many threads use it, one at a time.
        made.inc_thread_sharing()
        _kept.append(made)
    return _kept[0]
