"""The pool of threads, where switches of the API that wait are carried out together (appliances.api.together)."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from appliances.api import together
from appliances.gathering import Gathering
from appliances.services import time_left
from voltsafe.http_pool import FAILED, Answer, Job, busy
from voltsafe.observing import ObservedPool

log = logging.getLogger(__name__)


class TogetherPool(ObservedPool):
    def __init__(self, handler: Any, *, threads: int) -> None:
        super().__init__(handler, threads=threads)
        self._waiting: Gathering[Job] = Gathering()

    def _submit(self, job: Job) -> None:
        switch = job.switch = together.read(job.scope, job.body, job.seen.id)
        if switch is None or switch.around is None:
            super()._submit(job)
        elif together.at_most() == 1:
            self._pool.submit(self._carry_out, [job])
        elif self._waiting.put(job):
            self._pool.submit(self._work)

    def _work(self) -> None:
        """In one thread, until nothing waits."""
        while batch := self._waiting.take(together.at_most()):
            try:
                self._carry_out(batch)
            except Exception:  # whatever it is, those behind are not to wait for ever
                log.exception("The answers to %s switches went nowhere", len(batch))

    def _carry_out(self, jobs: Sequence[Job]) -> None:
        begun = [job for job in jobs if self._is_first(job)]
        now = time.monotonic()
        in_time = [job for job in begun if now <= job.not_after]
        # First: the others may have to wait.
        for job in begun:
            if now > job.not_after:
                self._told(job, busy(job.scope["method"]))
        for job, answer in zip(in_time, _answers_to(in_time), strict=True):
            if answer is None:
                self._pool.submit(self._answer, job)
            else:
                self._told(job, answer)

    def _told(self, job: Job, answer: Answer) -> None:
        job.seen.route, job.seen.door, job.seen.user = together.ROUTE, "api", job.switch.user_id
        self._left()
        self._give(job, answer)

    def _respond_to(self, job: Job) -> Answer:
        answer = super()._respond_to(job)
        if job.switch is not None:
            together.learn(job.switch.kind, answer)
        return answer


def _answers_to(jobs: Sequence[Job]) -> Sequence[Answer | None]:
    try:
        # None of them is told later than it should be; those that came last a little earlier, while it lasts.
        with time_left.since(min((job.came_at for job in jobs), default=time.monotonic())):
            return together.carry_out([job.switch for job in jobs])
    except Exception:
        log.exception("%s switches together failed", len(jobs))
        return [FAILED] * len(jobs)
