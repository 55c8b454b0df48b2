"""The clock of the controller: one tick a second until it is told to stop."""

import logging
import threading

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from appliances.services import tending

log = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two ticks: how late something may be."""


def run(stop: threading.Event) -> None:
    """Tick until `stop` is set. A tick that fails is no reason to end: the next one tries again."""
    said = ""
    try:
        while not stop.wait(INTERVAL):
            failed = _tick()
            if failed != said:
                log.warning("The controller cannot work: %s" if failed else "The controller works again.%s", failed)
                said = failed
    finally:
        connection.close()


def _tick() -> str:
    """What went wrong, in one line; nothing where nothing did."""
    try:
        close_old_connections()
        tending.tick(timezone.now())
    except DatabaseError as why:  # it may be away for a while, or not be there yet
        connection.close()
        return str(why).strip().partition("\n")[0] or type(why).__name__
    except Exception as why:
        log.exception("A tick failed")
        connection.close()
        return repr(why)
    return ""


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
