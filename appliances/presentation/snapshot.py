"""A home at one revision: its rows as they were committed together, read in a few short queries."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from appliances.balancer import claims as queue
from appliances.balancer import fit
from appliances.balancer.claims import Standing
from appliances.balancer.tree import Breaker, Tree
from appliances.models import Appliance, Circuit, Controller, Decision, Home, TemporaryLimit
from appliances.models.controller import Mode
from appliances.services import claims, controlling, heartbeat, reading
from appliances.services.reading import Rows
from appliances.services.turn import Missing

FEED_LENGTH = 12
TRIES = 5


@dataclass(frozen=True)
class Snapshot:
    home: Home
    controller: Controller
    circuits: tuple[Circuit, ...]
    """Branch by branch."""
    appliances: tuple[Appliance, ...]
    """In the order they were added."""
    decisions: tuple[Decision, ...]
    limits: tuple[TemporaryLimit, ...]
    """Temporary ones that are in force or to come."""
    now: datetime
    controller_ran_at: datetime | None
    """When a controller last ran; not asked for in a home whose controller is off."""
    tree: Tree
    carried_mw: Mapping[int, int]
    short_by_mw: Mapping[int, tuple[int, int | None]]
    standings: tuple[Standing, ...]
    """Of what waits or was shed, in the order of the queue."""

    @property
    def main(self) -> Circuit:
        return next(row for row in self.circuits if row.parent_id is None)

    def standing(self, appliance_id: int) -> Standing | None:
        return next((one for one in self.standings if one.claim.load_id == appliance_id), None)

    def limit(self, limit_id: int) -> TemporaryLimit:
        return next(row for row in self.limits if row.pk == limit_id)


def read(home_id: int, *, feed: int = FEED_LENGTH, now: datetime | None = None) -> Snapshot:
    """The newest committed state of a home at a moment, with its newest `feed` decisions. Raises Missing.

    A revision read before and after tells whether a write came in between; then it is read again, and where writes
    keep coming, in one transaction. That is the last resort: it costs more, and needs a connection of its own.
    """
    now = now or timezone.now()
    for _ in range(TRIES):
        home, lists = _read(home_id, feed)
        if Home.objects.filter(pk=home_id, revision=home.revision).exists():
            return _reckoned(home, lists, now)
    with reading.one_moment():
        home, lists = _read(home_id, feed)
    return _reckoned(home, lists, now)


Lists = tuple[list[Circuit], list[Appliance], list[TemporaryLimit], list[Decision]]


def _read(home_id: int, feed: int) -> tuple[Home, Lists]:
    home = Home.objects.select_related("controller").filter(pk=home_id).first()
    if home is None:
        raise Missing("There is no such home.")
    return home, (
        list(Circuit.objects.filter(home=home).order_by("id")),
        list(Appliance.objects.filter(home=home).select_related("wait", "shed").order_by("id")),
        list(TemporaryLimit.objects.filter(home=home).order_by("starts_at", "id")),
        list(Decision.objects.filter(home=home).order_by("-revision")[:feed]) if feed else [],
    )


def _reckoned(home: Home, lists: Lists, now: datetime) -> Snapshot:
    """Loads and fits are worked out once the rows are known to belong together: half a move is no tree."""
    circuits, appliances, limits, decisions = lists
    rows: Rows = reading.together(circuits, appliances, limits, now)
    controller = controlling.known(home)
    return Snapshot(
        home=home,
        controller=controller,
        circuits=_branch_by_branch(circuits),
        appliances=tuple(appliances),
        decisions=tuple(decisions),
        limits=tuple(row for row in rows.limits if row.ends_at > now),
        now=now,
        controller_ran_at=None if controller.mode == Mode.OFF else heartbeat.last_run(),
        tree=rows.tree,
        carried_mw=dict(rows.tree.all_carried_mw()),
        short_by_mw=dict(fit.all_short_by_mw(rows.tree)),
        # As things are, not as they would be once an armed controller had switched off what is too much.
        standings=queue.standings(
            rows.tree, claims.of(appliances), now, returns_held_until=controller.returns_held_until
        ),
    )


def as_it_would_be(at: Snapshot, tree: Tree) -> Snapshot:
    """The same home with what is on in `tree`; what waits or was shed, and the record, are as they are."""
    appliances = tuple(copy.copy(row) for row in at.appliances)
    for row in appliances:
        row.is_on = tree.load(row.pk).is_on
    carried_mw, short_by_mw = dict(tree.all_carried_mw()), dict(fit.all_short_by_mw(tree))
    return replace(at, appliances=appliances, tree=tree, carried_mw=carried_mw, short_by_mw=short_by_mw)


def depth(at: Snapshot, circuit_id: int) -> int:
    return len(at.tree.path(circuit_id)) - 1


def short_at(at: Snapshot, appliance_id: int) -> tuple[int, Breaker | None]:
    """Milliwatts too much, and the breaker that says so."""
    short, breaker_id = at.short_by_mw[appliance_id]
    return short, None if breaker_id is None else at.tree.breaker(breaker_id)


def limit_mw(at: Snapshot, row: Circuit) -> int:
    """What the circuit may carry now: its own limit or a temporary one that is lower."""
    return at.tree.breaker(row.pk).limit_mw


def _branch_by_branch(circuits: list[Circuit]) -> tuple[Circuit, ...]:
    """The main first, then every branch with all below it, in the order they were added."""
    fed_from: dict[int | None, list[Circuit]] = {}
    for row in circuits:
        fed_from.setdefault(row.parent_id, []).append(row)
    ordered: list[Circuit] = []
    stack = list(reversed(fed_from.get(None, [])))
    while stack:
        row = stack.pop()
        ordered.append(row)
        stack += reversed(fed_from.get(row.pk, []))
    return tuple(ordered)
