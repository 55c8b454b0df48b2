"""A home at one revision: its rows as they were committed together, read in five short queries."""

from dataclasses import dataclass

from appliances.balancer import fit, units
from appliances.balancer.tree import Breaker, Tree
from appliances.models import Appliance, Circuit, Decision, Home
from appliances.services import reading
from appliances.services.turn import Missing

FEED_LENGTH = 12
TRIES = 5


@dataclass(frozen=True)
class Snapshot:
    home: Home
    circuits: tuple[Circuit, ...]
    appliances: tuple[Appliance, ...]
    decisions: tuple[Decision, ...]
    tree: Tree
    carried_mw: dict[int, int]
    short_by_mw: dict[int, tuple[int, int | None]]

    @property
    def main(self) -> Circuit:
        return next(row for row in self.circuits if row.parent_id is None)


def read(home_id: int, *, feed: int = FEED_LENGTH) -> Snapshot:
    """The newest committed state of a home, with its newest `feed` decisions. Raises Missing.

    A revision read before and after tells whether a write came in between; then it is read again. No transaction
    is held: on SQLite that would make a reader wait for the writers.
    """
    for _ in range(TRIES):
        home = Home.objects.filter(pk=home_id).first()
        if home is None:
            raise Missing("There is no such home.")
        rows = _rows(home, feed)
        if Home.objects.filter(pk=home_id, revision=home.revision).exists():
            break
    return _reckoned(*rows)


Rows = tuple[Home, tuple[Circuit, ...], tuple[Appliance, ...], tuple[Decision, ...]]


def _rows(home: Home, feed: int) -> Rows:
    return (
        home,
        tuple(Circuit.objects.filter(home=home).order_by("id")),
        tuple(Appliance.objects.filter(home=home).order_by("id")),
        tuple(Decision.objects.filter(home=home).order_by("-revision")[:feed]) if feed else (),
    )


def _reckoned(
    home: Home, circuits: tuple[Circuit, ...], appliances: tuple[Appliance, ...], decisions: tuple[Decision, ...]
) -> Snapshot:
    """Loads and fits are worked out once the rows are known to belong together: half a move is no tree."""
    tree = Tree(tuple(map(reading.breaker, circuits)), tuple(map(reading.load, appliances)))
    return Snapshot(
        home,
        _branch_by_branch(circuits),
        appliances,
        decisions,
        tree,
        dict(tree.all_carried_mw()),
        dict(fit.all_short_by_mw(tree)),
    )


def depth(at: Snapshot, circuit_id: int) -> int:
    return len(at.tree.path(circuit_id)) - 1


def short_at(at: Snapshot, appliance_id: int) -> tuple[int, Breaker | None]:
    """Milliwatts too much, and the breaker that says so."""
    short, breaker_id = at.short_by_mw[appliance_id]
    return short, None if breaker_id is None else at.tree.breaker(breaker_id)


def headroom_mw(at: Snapshot, row: Circuit) -> int:
    return units.to_mw(row.limit) - at.carried_mw[row.pk]


def _branch_by_branch(circuits: tuple[Circuit, ...]) -> tuple[Circuit, ...]:
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
