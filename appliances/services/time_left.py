"""How long whoever asks has waited already: it is told after one patience, whatever it waits for in turn.

A request waits for a thread, for those before it, for its turn to write and for SQLite's file. Each by itself may take
long; all together take no longer than the last of them alone might.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

LEAST = 0.5
"""Seconds that are left in any case: who was held up by something else has not waited for this."""

AS_IT_IS = 0.25
"""Seconds by which SQLite may wait longer than it should: setting it costs each transaction something."""


class _Here(threading.local):
    since: float | None = None


_here = _Here()


@contextmanager
def since(moment: float) -> Iterator[None]:
    """In here this thread works for somebody who asked then, by time.monotonic."""
    before, _here.since = _here.since, moment
    try:
        yield
    finally:
        _here.since = before


def of(patience: float) -> float:
    """Of so many seconds, those that whoever this thread works for has not waited yet."""
    if _here.since is None:
        return patience
    return min(patience, max(LEAST, patience - (time.monotonic() - _here.since)))


@contextmanager
def for_the_file(seconds: float) -> Iterator[None]:
    """In here this thread's connection to SQLite waits at most so long for what others hold."""
    here = connections[DEFAULT_DB_ALIAS]
    own = here.settings_dict["OPTIONS"].get("timeout", 5)
    if here.vendor != "sqlite" or seconds > own - AS_IT_IS:
        yield
        return
    here.ensure_connection()
    opened = here.connection
    before = opened.execute("PRAGMA busy_timeout").fetchone()[0]
    opened.execute(f"PRAGMA busy_timeout = {min(before, max(0, int(seconds * 1000)))}")
    try:
        yield
    finally:
        # It may have been closed meanwhile; then the next one begins as they all do.
        if here.connection is opened:
            opened.execute(f"PRAGMA busy_timeout = {before}")
