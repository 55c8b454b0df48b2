"""One durable transaction in its writer's fair turn, run again where the database asks for it."""

import contextlib
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction

from appliances.interlock import guard
from appliances.services import fair_turn
from appliances.services.fair_turn import TookTooLong

Result = TypeVar("Result")

TRIES = 6
"""How often a transaction that PostgreSQL chose as a deadlock's or conflict's victim is run again."""


def run(step: Callable[[], Result], *, patience: float) -> Result:
    """Raises TookTooLong where neither the turn nor a lock was to be had in time; then nothing was changed."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(fair_turn.of_writers(patience))
        return _try(step, committed=stack.close)


def _try(step: Callable[[], Result], committed: Callable[[], None]) -> Result:
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic(durable=True):
                # Before anything else that waits for the commit: telling watchers may take its time.
                transaction.on_commit(committed)
                guard.assert_intact(connection)
                return step()
        except OperationalError as why:
            if left and _is_a_victim(why):
                continue
            if _is_a_victim(why) or _is_a_wait(why):
                raise TookTooLong from why
            raise
    raise AssertionError("unreachable: the last try returns or raises")


def _sqlstate(why: DatabaseError) -> str:
    return str(getattr(why.__cause__, "sqlstate", "") or "")


def _is_a_victim(why: DatabaseError) -> bool:
    """Deadlock or serialisation failure: run again."""
    return _sqlstate(why) in {"40P01", "40001"}


def _is_a_wait(why: DatabaseError) -> bool:
    """A lock that was not to be had in time, on either engine."""
    return _sqlstate(why) in {"55P03", "57014"} or "database is locked" in str(why)
