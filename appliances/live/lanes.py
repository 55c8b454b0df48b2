"""The threads that carry out commands: those of one home in one lane, in the order they came.

A lane takes everything that waits for it at once: a thread is woken for many, and on SQLite they share a commit.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connection, connections

from appliances.gathering import Gathering
from appliances.live import carrying
from appliances.live.asked import Asked
from appliances.services.fair_turn import MOST_TOGETHER

log = logging.getLogger(__name__)

LANES = 2
"""Where the database has many writers: a home that is locked elsewhere holds up half of the others, not all."""

Deliver = Callable[[str], Coroutine[Any, Any, None]]


class Lanes:
    """All of a process; made and used on its loop."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        many = 1 if connection.vendor == "sqlite" else LANES
        self._lanes = [Lane(loop, number) for number in range(many)]

    def put(self, asked: Asked, deliver: Deliver) -> None:
        """Have it carried out, and its answer delivered on the loop."""
        self._lanes[asked.visitor.home_id % len(self._lanes)].put(asked, deliver)

    def rest(self) -> None:
        """Nobody is there any more: keep no connection open."""
        for lane in self._lanes:
            lane.rest()


@dataclass
class Lane:
    loop: asyncio.AbstractEventLoop
    number: int
    _waiting: Gathering[tuple[Asked, Deliver]] = field(default_factory=Gathering)

    def __post_init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"voltsafe-commands-{self.number}")
        self._delivering: set[asyncio.Task[None]] = set()

    def put(self, asked: Asked, deliver: Deliver) -> None:
        if self._waiting.put((asked, deliver)):
            self._thread.submit(self._work)

    def rest(self) -> None:
        self._thread.submit(connections.close_all)

    def _work(self) -> None:
        """In the lane's thread, until nothing waits."""
        while batch := self._waiting.take(MOST_TOGETHER):
            texts = _carried_out([asked for asked, _deliver in batch])
            answers = list(zip([deliver for _asked, deliver in batch], texts, strict=True))
            try:
                self.loop.call_soon_threadsafe(self._deliver, answers)
            except RuntimeError:  # the loop has ended, and everybody with it
                log.info("%s answers had nowhere to go.", len(answers))

    def _deliver(self, answers: Sequence[tuple[Deliver, str]]) -> None:
        for deliver, text in answers:
            # Each by itself: one who does not read keeps nobody else waiting.
            task = self.loop.create_task(deliver(text))
            self._delivering.add(task)
            task.add_done_callback(self._delivered)

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._delivering.discard(task)
        if not task.cancelled() and (why := task.exception()):
            log.info("One who commanded was gone before the answer: %r", why)


def _carried_out(batch: Sequence[Asked]) -> list[str]:
    try:
        close_old_connections()
        return carrying.carry_out(batch)
    except Exception as why:  # whatever it is, the lane goes on
        return carrying.failed(batch, why)
