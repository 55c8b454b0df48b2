"""The database's own guard: put in by a migration, and looked at before every decision that leans on it."""

import time
from collections.abc import Iterator
from types import ModuleType

from django.db import IntegrityError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from appliances.interlock.postgresql import installation as postgresql
from appliances.interlock.sqlite import installation as sqlite
from appliances.statements import Statement

POSTGRESQL_SECONDS = 10.0
"""How long a look at PostgreSQL's catalogue counts for all threads of a process."""

# Read and written by every thread; each step is one operation on a dict, and a lost one costs another look.
_seen_at: dict[tuple[str, ...], float] = {}

_ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


class InterlockMissing(Exception):
    """The database does not guard its limits itself; nothing may be granted on it."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__(
            f"The database's interlock is not whole ({'; '.join(differences)}). "
            "Nothing is switched on without it. Run `manage.py migrate`; if it was taken out after that, "
            "docs/design/interlock.md says how to put it back."
        )
        self.differences = differences


def install(connection: BaseDatabaseWrapper) -> None:
    """Put in every trigger anew and set every load right, in the caller's transaction if there is one."""
    _change(connection, create=True)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the interlock out: for migrations that are reversed or rename what it names."""
    _change(connection, create=False)


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """One line for everything that is not exactly as `install` leaves it; nothing where it is intact."""
    with connection.cursor() as cursor:
        found: Iterator[str] = _ENGINES[connection.vendor].differences(cursor)
        return list(found)


SCHEMA_VERSION = Statement("PRAGMA schema_version")


def assert_intact(connection: BaseDatabaseWrapper) -> None:
    """Raise InterlockMissing unless the interlock is whole; cheap enough to ask before every decision.

    SQLite tells when its schema has changed, and is looked at again only then; PostgreSQL does not.
    """
    if connection.vendor == "sqlite":
        version = SCHEMA_VERSION.ask(on=connection)[0][0]
        if version != getattr(connection, "verified_schema", None):
            _raise_unless_intact(connection)
            connection.verified_schema = version  # type: ignore[attr-defined]
        return
    now = time.monotonic()
    seen_at = _seen_at.get(_database(connection))
    if seen_at is None or now - seen_at >= POSTGRESQL_SECONDS:
        _raise_unless_intact(connection)
        _seen_at[_database(connection)] = now


def forget(connection: BaseDatabaseWrapper) -> None:
    """Look anew the next time, whatever was seen before."""
    connection.verified_schema = None  # type: ignore[attr-defined]
    _seen_at.pop(_database(connection), None)


def is_interlock_error(error: BaseException) -> bool:
    """Whether the database refused a write because of the interlock."""
    # The driver's own error has the first word; loaddata puts its words before those of Django's.
    said = (str(one) for one in (error, error.__cause__))
    return isinstance(error, IntegrityError) and any(words.startswith("voltsafe:") for words in said)


def _change(connection: BaseDatabaseWrapper, *, create: bool) -> None:
    engine = _ENGINES[connection.vendor]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if create:
            engine.drop(cursor)
            engine.create(cursor)
        else:
            engine.drop_for_good(cursor)
    forget(connection)


def _raise_unless_intact(connection: BaseDatabaseWrapper) -> None:
    found = differences(connection)
    if found:
        raise InterlockMissing(found)


def _database(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    return tuple(str(connection.settings_dict[part]) for part in ("HOST", "PORT", "NAME"))
