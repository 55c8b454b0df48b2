"""Who runs on a data folder: servers and controllers together, or what needs it to itself."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from voltsafe.startup import CannotStart


class Runs(Exception):
    """A server or a controller does."""


@contextmanager
def marked() -> Iterator[None]:
    """This process runs in here, until it leaves or dies. Waits for who has it to themselves. Raises CannotStart."""
    try:
        opened = _file().open("a")
    except OSError as why:  # a disk that has failed does not say that it is read-only before somebody writes to it
        raise CannotStart(f"The data folder {settings.DATA_DIR} cannot be used: {why}") from why
    with opened as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Nothing runs in here. Raises Runs where something does."""
    with _file().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as why:
            raise Runs from why
        yield


def _file() -> Path:
    return Path(settings.DATA_DIR, "running.lock")
