"""Homes as the newest commit left them, so that nothing is read again that this process has just written or read.

Two rights of use, and they differ. **Deciding** needs the truth. On SQLite all decisions of a process go by one
connection, and SQLite tells that connection whether any other has committed since; as long as none has, what it left
last is what is there. On PostgreSQL the interlock marks the home, whose row a turn locks first, anew with every change
to the rows a decision is taken from, whoever makes it; under the mark that a turn left the rows are as it left them.
**Showing** goes by the home's revision, which every decision raises: rows that belong to the revision just read need
not be read. A restore takes revisions back, so that they count within one lineage of the home only.

Kept are homes in which nothing waits and nothing was shed: such claims change with the clock, without a decision.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import UUIDField
from django.db.models.expressions import RawSQL

from appliances.interlock import tables
from appliances.models import Home, quick
from appliances.services import reading, writer
from appliances.services.reading import Rows
from appliances.statements import Statement

MOST = 1000
"""Homes that are kept: one of 15 appliances takes about 60 kB."""


@dataclass(frozen=True, slots=True)
class Known:
    home: Home
    rows: Rows
    at: datetime
    """The moment the tree is of: temporary limits come and go by the clock."""


_shown: OrderedDict[int, Known] = OrderedDict()
_left: dict[int, Known] = {}
"""As a turn left them, in the transaction under way too."""
_mutex = threading.Lock()
_versions: list[int] = []


def look() -> None:
    """At the beginning of every transaction that decides: whether somebody else has committed since the last one."""
    if not writer.is_used():
        return
    version = VERSION.ask()[0][0]
    if _versions != [version]:
        _left.clear()
        _versions[:] = [version]


VERSION = Statement("PRAGMA data_version")
MARK = RawSQL(f"appliances_home.{tables.MARK}", [], output_field=UUIDField())  # noqa: S611 (a constant)


def take_for_deciding(home_id: int, now: datetime) -> Known | None:
    """The home as it certainly is; None says to read it. Whoever takes it leaves it again, or it has to be read."""
    return _of_now(_left.pop(home_id, None), now) if writer.is_used() else None


def take_as_locked(home: Home, now: datetime) -> Known | None:
    """The same on PostgreSQL, for whoever has locked it."""
    found = _left.get(home.pk)
    return _of_now(found, now) if found is not None and home.mark is not None and found.home.mark == home.mark else None


def leave(home: Home, rows: Rows, now: datetime) -> None:
    """Inside the transaction that changed it: how it is from now on, if that is committed."""
    if rows.has_claims or not (writer.is_used() or home.mark):
        return
    with _mutex:
        _left.pop(home.pk, None)
        while len(_left) >= MOST:
            _left.pop(next(iter(_left)))
        _left[home.pk] = Known(home, rows, now)


def write_revision(home: Home) -> None:
    """And when the controller is to look; on PostgreSQL it learns the mark that the rows written before gave it."""
    values = {"revision": home.revision, "wake_at": home.wake_at}
    if connection.vendor == "postgresql":
        home.mark = quick.update_and_tell(Home, home.pk, column=tables.MARK, **values)
    else:
        quick.update(Home, home.pk, **values)


def changes(home_id: int) -> None:
    """A decision about it is being recorded: what was left of it is no longer so."""
    if writer.is_used():
        _left.pop(home_id, None)


def distrust() -> None:
    """Something was undone: nothing that was left is certain, but for what a mark vouches for."""
    if connection.vendor == "sqlite":
        _left.clear()


def for_showing(home: Home, now: datetime) -> Known | None:
    """The home as it was committed at this revision."""
    forget_other_lineages(home)
    found = for_showing_since(home.pk, home.revision, now)
    return found if found is not None and found.home.revision == home.revision else None


def for_showing_since(home_id: int, revision: int, now: datetime) -> Known | None:
    """The home as it was committed at this revision, or a later one, which need not be the newest."""
    found = None if connection.in_atomic_block else _shown.get(home_id)
    return _of_now(found, now) if found is not None and found.home.revision >= revision else None


def keep_for_showing(home: Home, rows: Rows, now: datetime) -> None:
    """As it was read or committed, whole, at the revision of `home`; older than what is kept it is not taken."""
    there = _shown.get(home.pk)
    if connection.in_atomic_block or rows.has_claims or (there and there.home.revision >= home.revision):
        return
    _shown[home.pk] = Known(home, rows, now)
    _shown.move_to_end(home.pk)
    while len(_shown) > MOST:
        _shown.popitem(last=False)


def forget_other_lineages(home: Home) -> None:
    """What is kept of it where it has just been read as another one: it was restored while this process ran."""
    there = _shown.get(home.pk)
    if there is not None and there.home.lineage != home.lineage:
        _shown.pop(home.pk, None)


def alone(home: Home) -> Home:
    """A copy of one that is kept, for somebody who may ask it for more than its columns."""
    return quick.copy(home, with_related=False)


def forget() -> None:
    """Everything."""
    _left.clear()
    _shown.clear()


def _of_now(found: Known | None, now: datetime) -> Known | None:
    if found is None or not found.rows.limits or found.rows.in_force(found.at) == found.rows.in_force(now):
        return found
    rows = found.rows
    fresh = reading.together(rows.circuits.values(), rows.appliances.values(), rows.limits, now)
    return replace(found, rows=fresh, at=now)
