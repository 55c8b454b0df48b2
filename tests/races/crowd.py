"""Many at once: threads that are let go together, each with a database connection of its own."""

import fcntl
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from appliances.models import Decision, Home
from appliances.models.prepared import Prepared
from appliances.services import locking
from appliances.services.outcome import Changed, Refused

T = TypeVar("T")


def at_once(asks: Sequence[Callable[[], T]]) -> list[T]:
    """What each of them returned, in the order given; what one of them raised is raised here."""
    start = threading.Barrier(len(asks))

    def run(ask: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            start.wait(30)
            return ask()
        except BaseException:
            start.abort()
            raise
        finally:
            connections.close_all()

    with _room_for(len(asks)), ThreadPoolExecutor(len(asks)) as threads:
        return list(threads.map(run, asks))


def somebody_waits() -> bool:
    """Whether another session of this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def decided(ask: Callable[[], Changed]) -> Decision | None:
    """The decision a use case took, a refusal too; None where everything already was as asked."""
    try:
        return ask().decision
    except Refused as why:
        return why.decision


@contextmanager
def _room_for(many: int) -> Iterator[None]:
    """A server grants a hundred connections as a rule: test workers bring their large crowds one after the other."""
    if many < 20 or connection.vendor == "sqlite":
        yield
        return
    with (Path(tempfile.gettempdir()) / "voltsafe-crowd.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a control: no row is held by whoever reads it to change it."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows.all())
    monkeypatch.setattr(locking, "HOME", Prepared[Home](lambda pk: Home.objects.filter(pk=pk), int))
