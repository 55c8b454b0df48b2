"""Rows into the balancer's tree: one query for the circuits of a home, one for its appliances."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from appliances.balancer import units
from appliances.balancer.tree import Breaker, Load, Tree
from appliances.models import Appliance, Circuit


def breaker(row: Circuit) -> Breaker:
    return Breaker(row.pk, row.name, row.parent_id, units.to_mw(row.limit))


def load(row: Appliance) -> Load:
    return Load(row.pk, row.name, row.circuit_id, units.to_mw(row.rated), row.is_on, row.priority)


def tree_of(home_id: int) -> Tree:
    circuits = Circuit.objects.filter(home_id=home_id).order_by("id")
    loads = Appliance.objects.filter(home_id=home_id).order_by("id")
    return Tree(tuple(breaker(row) for row in circuits), tuple(load(row) for row in loads))


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
