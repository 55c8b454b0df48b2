"""A step in a durable transaction, run again where the database asks for it; on SQLite together with those who wait.

Steps that share a transaction are each on their own: one that raises is undone alone, the others go on. They are
answered once the one commit is on the disk.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.utils import timezone, translation

from appliances.interlock import guard
from appliances.services import fair_turn, known, leaving, time_left, writer
from appliances.services.fair_turn import Job, TookTooLong
from appliances.statements import Statement
from appliances.telemetry import figures

Result = TypeVar("Result")

TRIES = 6
"""How often a transaction that PostgreSQL chose as a deadlock's or conflict's victim is run; one that was overtaken by
what no longer goes with it, twice."""
GIVES_WAY_SECONDS = 0.02
"""How long a victim stands aside: PostgreSQL wakes whoever it was in the way of, and lets a newcomer overtake."""


_failing = False


def could_not_write() -> bool:
    """Whether a transaction failed for a reason that holds for all, full, read-only or away; until `writes_again`."""
    return _failing


def writes_again() -> None:
    """It was seen: a transaction may well succeed because it had nothing to write."""
    global _failing  # noqa: PLW0603
    _failing = False


def _note(why: OperationalError) -> None:
    global _failing  # noqa: PLW0603
    # PostgreSQL waits for one home's row, SQLite for the whole file.
    if not _is_a_victim(why) and not (_is_a_wait(why) and connection.vendor != "sqlite"):
        _failing = True


def run(step: Callable[[], Result], *, patience: float) -> Result:
    """Raises TookTooLong where neither the turn nor a lock was to be had in time; then nothing was changed.

    On SQLite the turn and the file are waited for within one `patience`, less what was waited for before.
    """
    try:
        return _run(step, patience)
    except IntegrityError as why:
        if guard.is_interlock_error(why):
            figures.interlock_refusals.add()
        raise


def _run(step: Callable[[], Result], patience: float) -> Result:
    if _here.shares:
        return _undone_alone(step)
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return _try(step)
    job = Job(_as_here(step))
    _in_line([job], patience)
    return cast(Result, job.outcome())


def run_each(calls: Sequence[Callable[[], Any]], *, patience: float) -> list[Job]:
    """Calls that each run a step, whole and in their order; on SQLite their steps share one transaction.

    Each has its outcome, as if it had been called by itself; where their turn did not come, TookTooLong is everyone's.
    """
    if len(calls) < 2 or connection.vendor != "sqlite" or connection.in_atomic_block:
        return [_called(Job(call)) for call in calls]
    jobs = [Job(_as_here(_sharing(call)), undoes_itself=True) for call in calls]
    try:
        _in_line(jobs, patience)
    except TookTooLong as why:
        for job in jobs:
            job.error = why
    return [job if job.error else job.result for job in jobs]


def _in_line(jobs: Sequence[Job], patience: float) -> None:
    left = time_left.of(patience)
    fair_turn.writers.run(jobs, left, partial(_together, until=time.monotonic() + left))


class _Here(threading.local):
    shares = False
    """What runs in this thread is a call of several: its step is part of their transaction."""


_here = _Here()


def _sharing(call: Callable[[], Any]) -> Callable[[], Job]:
    """A refusal raises after its record is written: what the call raises must not undo what its step has done."""

    def shared() -> Job:
        _here.shares = True
        try:
            return _called(Job(call), aborting=OperationalError)
        finally:
            _here.shares = False

    return shared


def _called(job: Job, aborting: type[Exception] | tuple[()] = ()) -> Job:
    try:
        job.result = job.step()
    except aborting:
        raise
    except Exception as why:
        job.error = why
    return job


def _undone_alone(step: Callable[[], Result]) -> Result:
    # Within the step nothing is shared: one that runs another is the mistake that `durable` is there to find.
    _here.shares = False
    job = Job(step)
    try:
        _in_a_savepoint(job)
    finally:
        _here.shares = True
    return cast(Result, job.outcome())


def _as_here(step: Callable[[], Result]) -> Callable[[], Result]:
    """The step as it would run in this thread, wherever it runs: its language and its time zone."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def run_as_there() -> Result:
        if language == translation.get_language() and zone == timezone.get_current_timezone():
            return step()
        with translation.override(language), timezone.override(zone):
            return step()

    return run_as_there


def _together(jobs: Sequence[Job], *, until: float) -> None:
    """One transaction for all; where that fails, nothing of it was kept, and each has one of its own.

    The file is waited for as long as whoever leads has patience; those that have more go on in the queue.
    """
    figures.turns_together.observe(len(jobs))
    with writer.of_this_process():
        if len(jobs) == 1:
            _alone(jobs[0], until)
            return
        try:
            with time_left.for_the_file(until - time.monotonic()):
                _in_one(jobs)
        except Exception as why:
            known.distrust()
            if isinstance(why, OperationalError) and _is_a_wait(why):
                # They have all waited for the file; one after the other they would wait as long again, each.
                _note(why)
                _too_late(jobs, why)
                return
            for job in jobs:
                _alone(job, until)


def _too_late(jobs: Sequence[Job], why: Exception) -> None:
    for job in jobs:
        job.error = TookTooLong()
        job.error.__cause__ = why


def _in_one(jobs: Sequence[Job]) -> None:
    with figures.transaction_time.timed(), transaction.atomic(durable=True):
        _begin()
        for job in jobs:
            if job.undoes_itself:
                job.result = job.step()
            else:
                _in_a_savepoint(job)
        leaving.tell()


def _begin() -> None:
    known.look()
    leaving.begin()
    guard.assert_intact(connection)


def _in_a_savepoint(job: Job) -> None:
    """As transaction.atomic() inside another does it, in two plain statements: it is done for every step there is."""
    here = connections[DEFAULT_DB_ALIAS]
    to_tell = len(here.run_on_commit)
    BEGIN_STEP.do()
    job.error = None
    try:
        job.result = job.step()
        is_undone = here.needs_rollback
    except OperationalError:
        raise
    except Exception as why:
        known.distrust()
        job.error = why
        is_undone = True
    if is_undone:
        here.needs_rollback = False
        # Of a schema that is rolled back the number may come again for another one.
        guard.forget(here)
        UNDO_STEP.do()
        del here.run_on_commit[to_tell:]
    END_STEP.do()


BEGIN_STEP = Statement("SAVEPOINT step")
UNDO_STEP = Statement("ROLLBACK TO SAVEPOINT step")
END_STEP = Statement("RELEASE SAVEPOINT step")


def _alone(job: Job, until: float) -> None:
    job.error = None
    try:
        with time_left.for_the_file(until - time.monotonic()):
            job.result = _try(job.step)
    except BaseException as why:
        job.error = why


def _try(step: Callable[[], Result]) -> Result:
    for left in reversed(range(TRIES)):
        try:
            with figures.transaction_time.timed(), transaction.atomic(durable=True):
                _begin()
                result = step()
                leaving.tell()
                return result
        except BaseException as why:
            known.distrust()
            if left == TRIES - 1 and _was_overtaken(why):
                continue
            if not isinstance(why, OperationalError):
                raise
            _note(why)
            if left and _is_a_victim(why):
                time.sleep(GIVES_WAY_SECONDS)
                continue
            if _is_a_victim(why) or _is_a_wait(why):
                raise TookTooLong from why
            raise
    raise AssertionError("unreachable: the last try returns or raises")


def _was_overtaken(why: BaseException) -> bool:
    """Somebody else committed between the step's look and its write, on PostgreSQL: looking again it finds that out."""
    is_possible = isinstance(why, IntegrityError) and connection.vendor != "sqlite"
    return is_possible and not guard.is_interlock_error(why)


def _sqlstate(why: DatabaseError) -> str:
    return str(getattr(why.__cause__, "sqlstate", "") or "")


def _is_a_victim(why: DatabaseError) -> bool:
    """Deadlock or serialisation failure: run again."""
    return _sqlstate(why) in {"40P01", "40001"}


def _is_a_wait(why: DatabaseError) -> bool:
    """A lock that was not to be had in time, on either engine."""
    return _sqlstate(why) in {"55P03", "57014"} or "database is locked" in str(why)
