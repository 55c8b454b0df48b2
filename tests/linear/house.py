"""A home as the checker plays it: what it is by its own limits, and the temporary ones that are and that are to come.

Which of these hold is a question of the moment a decision was taken at, not of its place in the record: who asked first
may come to the lock last. So every decision is played on the home of its own moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from appliances.balancer import resting
from appliances.balancer.tree import Breaker, Tree

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
"""Where it was not noted when."""


@dataclass(frozen=True)
class Limit:
    """For a circuit, for a while."""

    id: int
    circuit_id: int
    limit_mw: int
    starts_at: datetime
    ends_at: datetime

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True)
class House:
    tree: Tree
    """With each circuit's own limit."""
    limits: tuple[Limit, ...] = ()

    def at(self, now: datetime) -> Tree:
        """Under the limits that hold then: the lowest of a circuit's, its own among them."""
        holding = [limit for limit in self.limits if limit.holds(now)]
        if not holding:
            return self.tree
        return replace(self.tree, breakers=tuple(_under(breaker, holding) for breaker in self.tree.breakers))

    def turns(self) -> Iterator[datetime]:
        """The moments at which a limit begins or ends."""
        for limit in self.limits:
            yield from (limit.starts_at, limit.ends_at)

    def limit(self, limit_id: int) -> Limit | None:
        return next((limit for limit in self.limits if limit.id == limit_id), None)

    def with_limit(self, limit: Limit) -> "House":
        return replace(self, limits=(*self.without_limit(limit.id).limits, limit))

    def without_limit(self, limit_id: int) -> "House":
        return replace(self, limits=tuple(limit for limit in self.limits if limit.id != limit_id))

    def rests_until(self, after: "House", now: datetime) -> datetime | None:
        """Where something goes on that was switched off too short a time ago: until when it rests."""
        was = [self.tree.load(load.id) for load in after.tree.loads if load.is_on]
        ends = [resting.rests_until(load, now) for load in was if not load.is_on]
        return max((end for end in ends if end is not None), default=None)

    def noting(self, before: "House", now: datetime) -> "House":
        """With a note of when it was at everything that has gone on or off."""
        turned = (load for load in self.tree.loads if load.is_on != before.tree.load(load.id).is_on)
        tree = self.tree
        for load in turned:
            tree = tree.with_load(replace(load, switched_at=now))
        return replace(self, tree=tree)


def _under(breaker: Breaker, holding: list[Limit]) -> Breaker:
    own_mw = breaker.limit_mw
    lowest = min([own_mw, *(limit.limit_mw for limit in holding if limit.circuit_id == breaker.id)])
    return replace(breaker, limit_mw=lowest, own_limit_mw=own_mw)
