"""The pool of threads, where switches of the API that wait are carried out together (appliances.api.together)."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from appliances.api import together
from appliances.gathering import Gathering
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
        answers = dict(zip(in_time, _answers_to(in_time), strict=True))
        for job in begun:
            answer = answers[job] if job in answers else busy(job.scope["method"])
            if answer is None:
                self._pool.submit(self._answer, job)
                continue
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
        return together.carry_out([job.switch for job in jobs])
    except Exception:
        log.exception("%s switches together failed", len(jobs))
        return [FAILED] * len(jobs)
