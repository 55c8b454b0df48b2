"""How long and how often: once for every change (CI), VOLTSAFE_TORTURE times as much behind `make torture`."""

import os
import time
from collections.abc import Callable

TORTURE = max(1, int(os.environ.get("VOLTSAFE_TORTURE") or 1))

RIGHT_AGAIN = 15.0
"""Seconds within which every client shows what is true again, without a reload."""

A_MOMENT = 0.02


def until(holds: Callable[[], object], *, within: float, what: str) -> float:
    """Seconds until it held. Fails where it did not in time."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, f"not within {within} seconds: {what}"
        time.sleep(A_MOMENT)
    return time.monotonic() - began
