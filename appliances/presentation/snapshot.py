"""A home at one revision: its rows as they were committed together, read in a few short queries."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from appliances.balancer import claims as queue
from appliances.balancer import fit
from appliances.balancer.claims import Standing
from appliances.balancer.tree import Breaker, Tree
from appliances.models import Appliance, Circuit, Controller, Decision, Home, TemporaryLimit, quick
from appliances.models.controller import Mode
from appliances.models.prepared import Prepared
from appliances.presentation import newest
from appliances.services import claims, controlling, heartbeat, known, reading
from appliances.services.leaving import Left
from appliances.services.outcome import Changed, Missing
from appliances.services.reading import Rows

TRIES = 5


@dataclass(frozen=True)
class Snapshot:
    home: Home
    circuits: tuple[Circuit, ...]
    """Branch by branch."""
    appliances: tuple[Appliance, ...]
    """In the order they were added."""
    decisions: tuple[Decision, ...]
    limits: tuple[TemporaryLimit, ...]
    """Temporary ones that are in force or to come."""
    now: datetime
    tree: Tree
    standings: tuple[Standing, ...]
    """Of what waits or was shed, in the order of the queue."""
    uncertain_since: int | None = None
    """The revision from which on nothing may be kept of it: it is not committed yet."""

    @cached_property
    def controller(self) -> Controller:
        """Read with the home, or when it is first asked for."""
        return controlling.known(self.home)

    @cached_property
    def controller_ran_at(self) -> datetime | None:
        """When a controller last ran; not asked for in a home whose controller is off."""
        return None if self.controller.mode == Mode.OFF else heartbeat.last_run()

    @property
    def carried_mw(self) -> Mapping[int, int]:
        return self.tree.all_carried_mw()

    @property
    def main(self) -> Circuit:
        return next(row for row in self.circuits if row.parent_id is None)

    def appliance(self, appliance_id: int) -> Appliance:
        """As it was at this revision. Raises Missing."""
        row = next((row for row in self.appliances if row.id == appliance_id), None)
        if row is None:
            raise Missing("There is no such appliance.")
        return row

    def plugged_in(self, circuit_id: int) -> tuple[Appliance, ...]:
        """At the circuit itself, in the order they were added."""
        return self._plugged_in.get(circuit_id, ())

    @cached_property
    def _plugged_in(self) -> Mapping[int, tuple[Appliance, ...]]:
        found: dict[int, list[Appliance]] = {}
        for row in self.appliances:
            found.setdefault(row.circuit_id, []).append(row)
        return {pk: tuple(rows) for pk, rows in found.items()}

    def standing(self, appliance_id: int) -> Standing | None:
        return next((one for one in self.standings if one.claim.load_id == appliance_id), None)

    def limit(self, limit_id: int) -> TemporaryLimit:
        return next(row for row in self.limits if row.pk == limit_id)


def read(
    home_id: int, *, feed: int = newest.LENGTH, now: datetime | None = None, read_before: Home | None = None
) -> Snapshot:
    """The newest committed state of a home at a moment, with its newest `feed` decisions. Raises Missing.

    A revision read before and after tells whether a write came in between; then it is read again, and where writes
    keep coming, in one transaction. That is the last resort: it costs more, and needs a connection of its own. Rows
    that this process knows at that revision are not read, nor is at first a home that the caller has just read.
    """
    now = now or timezone.now()
    for _ in range(TRIES):
        home = read_before or _home(home_id)
        read_before = None
        found = known.for_showing(home, now)
        rows = found.rows if found else reading.rows_of(home_id, now)
        decisions = _newest(home, feed)
        if _is_still(home, decisions, rows_are_known=found is not None):
            if found is None:
                known.keep_for_showing(home, rows, now)
            return _reckoned(home, rows, decisions, now)
        newest.forget(home_id)
    with reading.one_moment():
        home = _home(home_id)
        return _reckoned(home, reading.rows_of(home_id, now), _newest(home, feed), now)


def _is_still(home: Home, decisions: tuple[Decision, ...], *, rows_are_known: bool) -> bool:
    """Whether what was read after the home is of its revision: the newest decision tells it, or the home again."""
    if decisions:
        return decisions[0].revision == home.revision
    return rows_are_known or Home.objects.filter(pk=home.pk, revision=home.revision).exists()


def after(changed: Changed, now: datetime) -> Snapshot:
    """The home as a turn has left it, or newer; without decisions.

    Others may have changed it since, and be on their way still: whoever looked for the newest then would read it all.
    """
    found = known.for_showing_since(changed.home_id, changed.revision, now)
    return _reckoned(known.alone(found.home), found.rows, (), now) if found else read(changed.home_id, feed=0, now=now)


def following(before: Snapshot, left: Left) -> Snapshot | None:
    """The home as a turn leaves it that is about to be committed, with its newest decisions, and nothing is read.

    None where that cannot be told from what it was before the turn.
    """
    home, first = before.home, left.decisions[0].revision
    if (home.lineage, home.revision) != (left.home.lineage, first - 1) or left.rows.has_claims:
        return None
    decisions = (*reversed(left.decisions), *before.decisions)[: newest.LENGTH]
    at = replace(_reckoned(known.alone(left.home), left.rows, decisions, left.now), uncertain_since=first)
    # Whoever changes what its controller may do makes a revision of its own.
    at.__dict__["controller"] = before.controller
    return at


def of(home: Home, now: datetime) -> Snapshot:
    """The home that has just been read, or newer; without decisions."""
    found = known.for_showing(home, now)
    return _reckoned(home, found.rows, (), now) if found else read(home.pk, feed=0, now=now, read_before=home)


def _home(home_id: int) -> Home:
    home = HOME.first(home_id)
    if home is None:
        raise Missing("There is no such home.")
    return home


def _newest(home: Home, feed: int) -> tuple[Decision, ...]:
    return newest.of(home)[:feed] if feed else ()


HOME = Prepared[Home](lambda pk: Home.objects.select_related("controller").filter(pk=pk), int)


def _reckoned(home: Home, rows: Rows, decisions: tuple[Decision, ...], now: datetime) -> Snapshot:
    """Once the rows are known to belong together: half a move is no tree."""
    waiting = claims.of(rows.appliances.values()) if rows.has_claims else []
    held_until = controlling.known(home).returns_held_until if waiting else None
    return Snapshot(
        home=home,
        circuits=rows.by_branch,
        appliances=tuple(rows.appliances.values()),
        decisions=decisions,
        limits=tuple(row for row in rows.limits if row.ends_at > now),
        now=now,
        tree=rows.tree,
        # As things are, not as they would be once an armed controller had switched off what is too much.
        standings=queue.standings(rows.tree, waiting, now, returns_held_until=held_until) if waiting else (),
    )


def as_it_would_be(at: Snapshot, tree: Tree) -> Snapshot:
    """The same home with what is on in `tree`; what waits or was shed, and the record, are as they are."""
    appliances = tuple(quick.copy(row) for row in at.appliances)
    for row in appliances:
        row.is_on = tree.load(row.pk).is_on
    return replace(at, appliances=appliances, tree=tree)


def depth(at: Snapshot, circuit_id: int) -> int:
    return len(at.tree.path(circuit_id)) - 1


def short_at(at: Snapshot, appliance_id: int) -> tuple[int, Breaker | None]:
    """Milliwatts too much, and the breaker that says so."""
    return fit.short_by_mw(at.tree, appliance_id)


def limit_mw(at: Snapshot, row: Circuit) -> int:
    """What the circuit may carry now: its own limit or a temporary one that is lower."""
    return at.tree.breaker(row.pk).limit_mw
