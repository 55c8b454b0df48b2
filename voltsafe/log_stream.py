"""Where the log goes: who stops reading it (a terminal that was halted, a collector that hangs) stops nobody's request.

A pipe takes 64 kB and a terminal 16 that nobody reads; whoever writes more waits for the reader, and everybody waits
for them, since a line is written whole. Here it waits a moment, and from then on what finds no room is left out. Once
there is room again, the log says how many lines it lacks.
"""

import os
import select
import threading
import time
from collections.abc import Callable
from typing import TextIO

PATIENCE = 0.1
"""Seconds in which a reader may catch up; for one who has stopped, whoever writes waits so long once."""

AT_A_TIME = 4096
"""Bytes for which there is room in whatever says that it takes some (PIPE_BUF of pipe(7))."""


def of(stream: TextIO, missing: Callable[[int], str]) -> "TextIO | LogStream":
    """The stream itself, where it is no file of the system's, as in a test, or none can tell whether there is room.

    `missing` makes the line that tells how many were left out.
    """
    try:
        return LogStream(stream.fileno(), missing) if hasattr(select, "poll") else stream
    except (OSError, ValueError, AttributeError):
        return stream


class LogStream:
    """Takes lines for a file that is open."""

    def __init__(self, fd: int, missing: Callable[[int], str]) -> None:
        self._fd = fd
        self._missing = missing
        self._mutex = threading.Lock()
        self._left_out = 0
        self._is_cut = False
        """The last line is there in part."""
        self._ready = select.poll()
        self._ready.register(fd, select.POLLOUT)

    def write(self, text: str) -> int:
        with self._mutex:
            patience = 0.0 if self._left_out else PATIENCE
            if self._left_out and self._put(("\n" if self._is_cut else "") + self._missing(self._left_out) + "\n", 0):
                self._left_out, self._is_cut = 0, False
            if self._left_out or not self._put(text, patience):
                self._left_out += 1
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def _put(self, text: str, patience: float) -> bool:
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        until = time.monotonic() + patience
        whole = len(rest)
        while rest:
            if not self._ready.poll(1000 * max(0.0, until - time.monotonic())):
                self._is_cut = self._is_cut or len(rest) < whole
                return False
            rest = rest[os.write(self._fd, rest[:AT_A_TIME]) :]
        return True
