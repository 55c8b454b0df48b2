"""What is kept for how long, and letting go of the rest: the one list of it (docs/design/retention.md).

Decisions are kept for as long as `VOLTSAFE_KEEP_DECISIONS` says, the rest for as long as it is of use.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError

from appliances.services import answered, people, pruning, sessions, throttle
from appliances.services.fair_turn import TookTooLong
from appliances.services.pruning import Contradiction

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
HOMES_A_STEP = 50
"""Looked at in one step where there is nothing to let go."""


@dataclass(frozen=True, slots=True)
class Passing:
    """What goes by itself; `forget` removes what is older than `lasts` after it was over, and tells how many."""

    what: str
    lasts: timedelta
    forget: Callable[[datetime], int]


PASSING = (
    Passing("answers to requests with a key", answered.KEPT_FOR, answered.prune),
    Passing("tries without success", throttle.FORGOTTEN_AFTER, throttle.prune),
    Passing("sessions", timedelta(), sessions.prune),
    Passing("invitations", people.SHOWN_EXPIRED, people.prune),
)


def forget_what_passes(now: datetime) -> dict[str, int]:
    """How many of each went."""
    return {one.what: one.forget(now) for one in PASSING}


@dataclass
class Sweep:
    """Once a day through everything that has decisions, a step at a time: nobody waits for it for long."""

    _due_at: datetime | None = None
    _steps: Iterator[int] | None = None

    def step(self, now: datetime) -> int:
        """At most one batch of decisions goes; how many."""
        keep: timedelta | None = settings.KEEP_DECISIONS
        if keep is None:
            return 0
        if self._steps is None:
            if self._due_at is not None and now < self._due_at:
                return 0
            self._due_at, self._steps = now + DAY, _everywhere(now - keep)
        for _home in range(HOMES_A_STEP):
            try:
                gone = next(self._steps, None)
            except DatabaseError:
                self._steps = None
                raise
            if gone is None:
                self._steps = None
                return 0
            if gone:
                return gone
        return 0


daily = Sweep()
"""This process's. A restart looks at everything once more, and so does another process; both find little to do."""


def _everywhere(before: datetime) -> Iterator[int]:
    for home_id in pruning.homes_on_record():
        yield 0
        try:
            yield from pruning.remove(home_id, before)
        except TookTooLong:
            continue  # tomorrow
        except Contradiction as why:
            log.error("Old decisions are kept: %s", why)
