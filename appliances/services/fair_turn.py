"""A fair queue in front of SQLite's one writer, and one commit for those who wait in it.

SQLite waits for its file lock with a back-off, so that an unlucky writer was seen waiting 5.5 s behind fifty luckier
ones. Writers of one process therefore queue here, first come first served, before they take the file's lock. Whoever's
turn it is takes along what waits behind: many steps, one transaction, one wait for the disk.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from time import monotonic, perf_counter
from typing import Any

from django.db import connection

from appliances.services import time_left
from appliances.telemetry import figures

MOST_TOGETHER = 32
"""Steps in one transaction: the first of them waits for the last."""


class TookTooLong(Exception):
    """The turn did not come within the patience given."""


class State(Enum):
    WAITING = auto()
    LEADS = auto()
    TAKEN = auto()
    """By the one who leads; it ends as done, or waits on."""
    DONE = auto()


class Job:
    """A step that somebody waits for; `outcome` is what it returned or raised."""

    def __init__(self, step: Callable[[], Any], *, undoes_itself: bool = False) -> None:
        self.step = step
        self.undoes_itself = undoes_itself
        """Whatever of it fails is undone by the step; what it raises is kept apart from what it wrote."""
        self.result: Any = None
        self.error: BaseException | None = None

    @property
    def gave_up(self) -> bool:
        return isinstance(self.error, TookTooLong)

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result


class _Place:
    """In the queue; without jobs it wants the turn for itself."""

    def __init__(self, patience: float, jobs: Sequence[Job] = ()) -> None:
        self.jobs = jobs
        self.until = monotonic() + patience
        self.state = State.WAITING
        self.taken_at = 0.0
        # A bare lock, held until it is this place's turn: an Event does the same with two locks and a list.
        self._shut = threading.Lock()
        self._shut.acquire()

    def to(self, state: State) -> None:
        """It leads, or is done: once in its life."""
        self.state = state
        self._shut.release()

    def wait(self, patience: float = -1) -> bool:
        """Until then; False where it took longer."""
        return self._shut.acquire(timeout=patience)


class FairQueue:
    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._waiting: deque[_Place] = deque()

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Hold the one turn; raises TookTooLong after `patience` seconds in the queue."""
        self._enter(_Place(patience), patience)
        try:
            yield
        finally:
            self._leave()

    def run(self, jobs: Sequence[Job], patience: float, together: Callable[[Sequence[Job]], None]) -> None:
        """Have the jobs done by `together`, with others or alone, by this thread or the one whose turn it is.

        `together` gives every job its outcome, and raises nothing. Raises TookTooLong as `turn` does; who is taken
        along by somebody whose patience ends waits on for as long as its own lasts.
        """
        place = _Place(patience, jobs)
        asked = perf_counter()
        try:
            self._enter(place, patience)
        finally:
            figures.lock_wait.observe((place.taken_at or perf_counter()) - asked)
        if place.state is State.DONE:
            return
        taken: list[_Place] = []
        try:
            taken = self._take_along(MOST_TOGETHER - len(jobs))
            together([*jobs, *(job for one in taken for job in one.jobs)])
        finally:
            self._leave(taken)

    def _enter(self, mine: _Place, patience: float) -> None:
        with self._mutex:
            if not self._taken:
                self._taken = True
                mine.state = State.LEADS
                return
            self._waiting.append(mine)
        if not mine.wait(patience) and self._may_give_up(mine):
            raise TookTooLong

    def _may_give_up(self, mine: _Place) -> bool:
        """Not where it is being done already: then it is waited for, since it will not be undone."""
        with self._mutex:
            if mine.state is State.WAITING:
                self._waiting.remove(mine)
                return True
            if mine.state is State.LEADS:
                self._pass_on()
                return True
        mine.wait()
        return False

    def _take_along(self, room: int) -> list[_Place]:
        taken: list[_Place] = []
        with self._mutex:
            while self._waiting and 0 < len(self._waiting[0].jobs) <= room:
                taken.append(self._waiting.popleft())
                taken[-1].state = State.TAKEN
                taken[-1].taken_at = perf_counter()
                room -= len(taken[-1].jobs)
        return taken

    def _leave(self, taken: Sequence[_Place] = ()) -> None:
        with self._mutex:
            now = monotonic()
            for one in reversed(taken):
                if now < one.until and all(job.gave_up for job in one.jobs):
                    one.state = State.WAITING
                    for job in one.jobs:
                        job.error = None
                    self._waiting.appendleft(one)
                else:
                    one.to(State.DONE)
            self._pass_on()

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().to(State.LEADS)
        else:
            self._taken = False


writers = FairQueue()
"""This process's."""


@contextmanager
def of_writers(patience: float) -> Iterator[None]:
    """This process's one turn to write, where the database has but one writer. Raises TookTooLong."""
    if connection.vendor == "sqlite":
        left = time_left.of(patience)
        until = monotonic() + left
        with writers.turn(left), time_left.for_the_file(until - monotonic()):
            yield
    else:
        yield
