"""The newest decisions of a home: only those that came since are read, for none that was read ever changes."""

import time
from collections import OrderedDict
from typing import NamedTuple

from django.db import connection

from appliances.models import Decision, Home
from appliances.models.prepared import Prepared

LENGTH = 12
"""How many are shown at once."""

MOST = 500
"""Homes of which they are kept: about 25 kB each."""

ANEW_AFTER = 60.0
"""Seconds until all are read again, so that what is no longer kept on record is not shown much longer."""

ALL = Prepared[Decision](lambda home: Decision.objects.filter(home_id=home).order_by("-revision")[:LENGTH], int)
SINCE = Prepared[Decision](
    lambda home, revision: Decision.objects.filter(home_id=home, revision__gt=revision).order_by("-revision")[:LENGTH],
    int,
    int,
)


class _Read(NamedTuple):
    rows: tuple[Decision, ...]
    at: float
    lineage: str


_read: OrderedDict[int, _Read] = OrderedDict()


def of(home: Home) -> tuple[Decision, ...]:
    """Of a home that has just been read, as they are committed, newest first."""
    home_id = home.pk
    if connection.in_atomic_block:
        # What it sees may never be committed.
        return tuple(ALL.all(home_id))
    now, before = time.monotonic(), _read.get(home_id)
    if before is None or now - before.at > ANEW_AFTER or before.lineage != home.lineage:
        found = _Read(tuple(ALL.all(home_id)), now, home.lineage)
    else:
        rows = (*SINCE.all(home_id, before.rows[0].revision), *before.rows)[:LENGTH]
        found = before._replace(rows=rows)
    if found.rows:
        _keep(home_id, found)
    return found.rows


def forget(home_id: int) -> None:
    """They are not what the home says: a database was put back to what it was."""
    _read.pop(home_id, None)


def _keep(home_id: int, found: _Read) -> None:
    _read[home_id] = found
    _read.move_to_end(home_id)
    while len(_read) > MOST:
        _read.popitem(last=False)
