"""Notes in passing, of when something was last used: whoever it lets in hardly waits for them.

What is asked for may well be had without a write, so a note that cannot be made is left out; the next request makes it.
"""

import logging
import time
from typing import Any

from django.db import OperationalError, models

from appliances.services import time_left

log = logging.getLogger(__name__)

MOMENT = 0.1
"""Seconds for which another writer is waited for."""

AGAIN_AFTER = 2.0
"""Seconds after one that could not be made in which none is tried: what keeps one from being made keeps them all."""

_not_before = 0.0


def note(rows: "models.QuerySet[Any]", what: str, **values: Any) -> None:
    global _not_before  # noqa: PLW0603
    if time.monotonic() < _not_before:
        return
    try:
        with time_left.for_the_file(MOMENT):
            rows.update(**values)
    except OperationalError as why:
        _not_before = time.monotonic() + AGAIN_AFTER
        log.warning("%s was not noted: %s", what, why)
