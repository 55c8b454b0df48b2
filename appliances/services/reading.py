"""Rows into the balancer's tree: one query each for the circuits, the appliances and the temporary limits of a home."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import connection, transaction

from appliances.balancer import limits, units
from appliances.balancer.tree import Breaker, Cap, Load, Rules, Tree
from appliances.models import Appliance, Circuit, TemporaryLimit, quick
from appliances.models.prepared import Prepared
from appliances.services import claims


@dataclass(frozen=True)
class Rows:
    """A home's rows as they were read together, and the tree they make at that moment."""

    circuits: Mapping[int, Circuit]
    appliances: Mapping[int, Appliance]
    """With what is claimed for them: `wait` and `shed`, where there are."""
    limits: tuple[TemporaryLimit, ...]
    """Those to come too, the first to begin first."""
    tree: Tree

    def switched(self, ids: Collection[int], tree: Tree) -> "Rows":
        """With these as they are in `tree`, which nothing else was changed in."""
        rows = dict(self.appliances)
        for pk in ids:
            rows[pk] = row = quick.copy(rows[pk])
            load = tree.load(pk)
            row.is_on, row.switched_at = load.is_on, load.switched_at
        made = Rows(self.circuits, rows, self.limits, tree)
        made.__dict__.update(has_claims=self.has_claims, by_branch=self.by_branch)
        return made

    @cached_property
    def by_branch(self) -> tuple[Circuit, ...]:
        """The main circuit first, then every branch with all below it, in the order they were added."""
        fed_from: dict[int | None, list[Circuit]] = {}
        for row in self.circuits.values():
            fed_from.setdefault(row.parent_id, []).append(row)
        ordered: list[Circuit] = []
        stack = list(reversed(fed_from.get(None, [])))
        while stack:
            row = stack.pop()
            ordered.append(row)
            stack += reversed(fed_from.get(row.pk, []))
        return tuple(ordered)

    @cached_property
    def has_claims(self) -> bool:
        """Whether anything waits, or was shed and is not forgotten."""
        return any(claims.waiting(row) or claims.ever_shed(row) for row in self.appliances.values())

    def in_force(self, now: datetime) -> tuple[TemporaryLimit, ...]:
        return tuple(row for row in self.limits if is_in_force(row, now))

    def caps(self, circuit_id: int, now: datetime) -> tuple[Cap, ...]:
        return tuple(cap(row) for row in self.in_force(now) if row.circuit_id == circuit_id)


def rows_of(home_id: int, now: datetime) -> Rows:
    return together(CIRCUITS.all(home_id), APPLIANCES.all(home_id), LIMITS.all(home_id), now)


CIRCUITS = Prepared[Circuit](lambda home: Circuit.objects.filter(home_id=home).order_by("id"), int)
APPLIANCES = Prepared[Appliance](
    lambda home: Appliance.objects.filter(home_id=home).select_related("wait", "shed").order_by("id"), int
)
LIMITS = Prepared[TemporaryLimit](
    lambda home: TemporaryLimit.objects.filter(home_id=home).order_by("starts_at", "id"), int
)


def together(
    circuits: Iterable[Circuit],
    appliances: Iterable[Appliance],
    temporary: Iterable[TemporaryLimit],
    now: datetime,
) -> Rows:
    """Rows that were read at one moment."""
    by_circuit = {row.pk: row for row in circuits}
    by_id = {row.pk: row for row in appliances}
    capped: dict[int, list[Cap]] = {}
    temporary = tuple(temporary)
    for one in temporary:
        if is_in_force(one, now):
            capped.setdefault(one.circuit_id, []).append(cap(one))
    tree = Tree(
        tuple(breaker(row, capped.get(row.pk, ())) for row in by_circuit.values()),
        tuple(load(row) for row in by_id.values()),
    )
    return Rows(by_circuit, by_id, temporary, tree)


def is_in_force(row: TemporaryLimit, now: datetime) -> bool:
    return row.starts_at <= now < row.ends_at


def cap(row: TemporaryLimit) -> Cap:
    return Cap(row.pk, units.to_mw(row.limit))


def breaker(row: Circuit, caps: Iterable[Cap]) -> Breaker:
    own_mw = units.to_mw(row.limit)
    limit_mw, binding = limits.in_force(own_mw, caps)
    return Breaker(row.pk, row.name, row.parent_id, limit_mw, cap=binding, own_limit_mw=own_mw)


def load(row: Appliance) -> Load:
    rules = Rules(
        may_be_shed=row.may_be_shed,
        may_be_interrupted=row.may_be_interrupted,
        returns_by_itself=row.returns_by_itself,
        min_on_seconds=row.min_on_seconds,
        min_off_seconds=row.min_off_seconds,
        max_on_seconds=row.max_on_seconds,
    )
    rated_mw = units.to_mw(row.rated)
    return Load(row.pk, row.name, row.circuit_id, rated_mw, row.is_on, row.priority, rules, row.switched_at)


def tree_of(home_id: int, now: datetime) -> Tree:
    return rows_of(home_id, now).tree


@contextmanager
def one_moment() -> Iterator[None]:
    """Whatever is only read in here is as it was committed at one moment, and no writer waits for it."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # atomic() would begin an IMMEDIATE transaction, which keeps the writers out.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
