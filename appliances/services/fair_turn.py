"""A fair queue in front of SQLite's one writer.

SQLite waits for its file lock with a back-off, so that an unlucky writer was seen waiting 5.5 s behind fifty luckier
ones. Writers of one process therefore queue here, first come first served, before they take the file's lock.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class TookTooLong(Exception):
    """The turn did not come within the patience given."""


class FairQueue:
    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Hold the one turn; raises TookTooLong after `patience` seconds in the queue."""
        self._enter(patience)
        try:
            yield
        finally:
            with self._mutex:
                self._pass_on()

    def _enter(self, patience: float) -> None:
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(patience):
            return
        with self._mutex:
            if not mine.is_set():
                self._waiting.remove(mine)
            else:
                self._pass_on()
        raise TookTooLong

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._taken = False


_writers = FairQueue()


@contextmanager
def of_writers(patience: float) -> Iterator[None]:
    """This process's one turn to write, where the database has but one writer. Raises TookTooLong."""
    if connection.vendor == "sqlite":
        with _writers.turn(patience):
            yield
    else:
        yield
