"""What a transaction leaves, told just before its commit: the time a disk takes to write is time to draw in.

Whoever listens may prepare what it will show. Nothing of it may be shown before `is_committed` says that it is so.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from appliances.models import Decision, Home
from appliances.services.reading import Rows

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Left:
    """A home after a turn that knows, without reading, how it leaves it; its decisions, the oldest first."""

    home: Home
    rows: Rows
    decisions: tuple[Decision, ...]
    now: datetime
    is_committed: bool = False
    """A transaction that failed leaves nothing, and another may reach the same revision with something else."""


Listener = Callable[[Left], None]

listener: Listener | None = None
"""Called in the thread that is about to commit, which waits for it."""


class _Here(threading.local):
    def __init__(self) -> None:
        self.left: dict[int, Left] = {}


_here = _Here()


def begin() -> None:
    """At the beginning of every transaction: what one that failed would have left is nobody's."""
    _here.left.clear()


def note(left: Left) -> None:
    """Of a home, the last turn's in this transaction."""
    _here.left[left.home.pk] = left


def tell() -> None:
    """All of it is written, and about to be committed."""
    if listener is None:
        return
    try:
        for left in _here.left.values():
            listener(left)
    except Exception:  # whatever it is, the change is made
        log.exception("What is about to be committed could not be told")
