"""Letting old decisions go: the one guarded door through the append-only record (docs/design/retention.md).

What a home had come to is kept in its checkpoint, written in the very transaction that removes the decisions it
covers; `verifying` goes on from there. The database lets nothing go that no checkpoint covers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from django.db import connection
from django.db.models import QuerySet

from appliances.models import Checkpoint, Decision
from appliances.services import durable, locking, reading, turn
from appliances.services.replaying import Fields, Replay

BATCH = 500
"""Decisions that go in one transaction: the home's writers wait for it, on SQLite everybody's."""


class Contradiction(Exception):
    """The record does not add up, so none of it goes: it is what shows where it went wrong."""

    def __init__(self, home_id: int | None, found: str) -> None:
        super().__init__(f"home {home_id}: {found}. Its record is kept as it is; see manage.py verify.")


@dataclass(frozen=True, slots=True)
class Batch:
    """The oldest decisions of a home (of accounts: None) that may go, and what it has come to after them."""

    home_id: int | None
    checkpoint: Checkpoint | None
    """Where the batch before ended."""
    last: Decision
    count: int
    replay: Replay

    @property
    def up_to(self) -> int:
        return self.last.pk if self.home_id is None else self.last.revision

    @property
    def state(self) -> Fields:
        """Nothing hangs on what was decided about accounts."""
        return {} if self.home_id is None else self.replay.to_keep()


def remove(home_id: int | None, before: datetime) -> Iterator[int]:
    """Let go what was decided before that moment, batch by batch; how many in each.

    Raises Contradiction, TookTooLong.
    """
    while (found := _next(home_id, before)) is not None:
        yield _remove(found)


def foreseen(home_id: int | None, before: datetime) -> int:
    """How many decisions would go. Raises Contradiction."""
    count, found = 0, _next(home_id, before)
    while found is not None:
        count += found.count
        reached = Checkpoint(home_id=home_id, up_to=found.up_to, state=found.state)
        found = _oldest(home_id, before, reached)
    return count


def homes_on_record() -> Iterator[int | None]:
    """Everything that has decisions: accounts, homes, and homes that are gone. Each is found along the index."""
    yield None
    last = 0
    while True:
        found = Decision.objects.filter(home_id__gt=last).order_by("home_id").values_list("home_id", flat=True)
        home_id = found[:1].first()
        if home_id is None:
            return
        yield home_id
        last = home_id


def _next(home_id: int | None, before: datetime) -> Batch | None:
    """Before the home is locked: decisions do not change, and playing them takes the longest."""
    with reading.one_moment():
        return _oldest(home_id, before, _checkpoint(home_id))


def _oldest(home_id: int | None, before: datetime, checkpoint: Checkpoint | None) -> Batch | None:
    """The newest decision of a home is never among them, however old it is."""
    counted = _counted_by(home_id)
    ahead = _of(home_id).filter(**{f"{counted}__gt": checkpoint.up_to if checkpoint else 0}).order_by(counted)
    found = list(ahead[: BATCH + 1])
    rows = list(takewhile(lambda row: row.at < before, found[: min(BATCH, len(found) - 1)]))
    if not rows:
        return None
    replay = Replay.kept(checkpoint.state) if checkpoint and home_id is not None else Replay()
    if home_id is not None:
        for row in rows:
            for wrong in replay.play(row):
                raise Contradiction(home_id, wrong)
    return Batch(home_id, checkpoint, rows[-1], len(rows), replay)


def _remove(batch: Batch) -> int:
    """Write the checkpoint and let go what it covers; nothing where somebody else has done it meanwhile."""

    def step() -> int:
        _lock(batch.home_id)
        if not _move_on(batch):
            return 0
        covered = {f"{_counted_by(batch.home_id)}__lte": batch.up_to}
        gone, _by_model = _of(batch.home_id).filter(**covered).delete()
        return gone

    return durable.run(step, patience=turn.PATIENCE)


def _lock(home_id: int | None) -> None:
    """Against others who let go, of accounts and of homes that are gone too; then the home itself, as every turn."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('voltsafe retention'))")
    if home_id is not None:
        locking.HOME.first(home_id)


def _move_on(batch: Batch) -> bool:
    """Whether the checkpoint still was where the batch began."""
    wanted = {"up_to": batch.up_to, "at": batch.last.at, "state": batch.state}
    there = _checkpoint(batch.home_id)
    if (there and there.up_to) != (batch.checkpoint and batch.checkpoint.up_to):
        return False
    if there is None:
        Checkpoint.objects.create(home_id=batch.home_id, **wanted)
    else:
        Checkpoint.objects.filter(pk=there.pk).update(**wanted)
    return True


def _checkpoint(home_id: int | None) -> Checkpoint | None:
    return Checkpoint.objects.filter(home=home_id).first()


def _of(home_id: int | None) -> QuerySet[Decision]:
    return Decision.objects.filter(home=home_id)


def _counted_by(home_id: int | None) -> str:
    """Decisions without a home have no revision."""
    return "pk" if home_id is None else "revision"
