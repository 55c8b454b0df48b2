"""Several use cases at once: each whole, decided and recorded on its own, and on SQLite all of them with one commit."""

from collections.abc import Callable, Sequence

from appliances.services import durable, turn
from appliances.services.fair_turn import Job, TookTooLong
from appliances.services.outcome import Busy, Changed


def run(calls: Sequence[Callable[[], Changed]]) -> list[Job]:
    """In their order; each has the outcome that it would have by itself."""
    jobs = durable.run_each(calls, patience=turn.PATIENCE)
    for job in jobs:
        if isinstance(job.error, TookTooLong):
            job.error = Busy(turn.HOME_IS_BUSY)
    return jobs
