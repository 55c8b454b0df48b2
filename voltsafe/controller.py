"""The clock of the controller: one tick a second until it is told to stop."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from appliances.interlock import guard
from appliances.services import heartbeat, tending
from appliances.telemetry import figures
from voltsafe import startup

log = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two ticks: how late something may be."""


class Sign:
    """A file whose time tells that the controller runs, to what watches over its process and knows no database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = 0.0

    def give(self) -> None:
        """As seldom as the heartbeat, and for the same reason."""
        if (now := time.monotonic()) >= self._next:
            self._path.touch()
            self._next = now + heartbeat.EVERY.total_seconds()


def wait_until_prepared(stop: threading.Event, say: Callable[[str], None]) -> bool:
    """Whether the database is as this program wants it; waits for whoever prepares it, and says once why.

    False where it was stopped first. Raises CannotStart where the database is newer than this program.
    """
    said = ""
    while missing := _what_is_missing():
        if missing != said:
            say(f"The controller waits: {missing}")
            said = missing
        if stop.wait(INTERVAL):
            return False
    return True


def _what_is_missing() -> str:
    try:
        if startup.missing_migrations():
            return "the database is not prepared yet. `manage.py serve` prepares it."
        guard.assert_intact(connection)
    except guard.InterlockMissing as why:
        return str(why)
    except DatabaseError as why:
        return f"the database cannot be used: {_one_line(why)}"
    finally:
        connection.close()
    return ""


def run(stop: threading.Event, ran: Callable[[], None] = lambda: None) -> None:
    """Tick until `stop` is set. A tick that fails is no reason to end: the next one tries again."""
    said = ""
    try:
        while not stop.wait(INTERVAL):
            failed = _tick()
            if not failed:
                ran()
            if failed != said:
                log.warning("The controller cannot work: %s" if failed else "The controller works again.%s", failed)
                said = failed
    finally:
        connection.close()


def _tick() -> str:
    """What went wrong, in one line; nothing where nothing did."""
    try:
        close_old_connections()
        with figures.tick_time.timed():
            tending.tick(timezone.now())
    except DatabaseError as why:  # it may be away for a while, or not be there yet
        connection.close()
        return _one_line(why)
    except Exception as why:
        log.exception("A tick failed")
        connection.close()
        return repr(why)
    return ""


def _one_line(why: Exception) -> str:
    return str(why).strip().partition("\n")[0] or type(why).__name__


class Beside:
    """A controller in a thread of this process, beside the server."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=run, args=(self._stop,), name="controller", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        """The tick under way comes to its end; a process that is killed instead loses nothing either."""
        self._stop.set()
        self._thread.join(timeout=10)
