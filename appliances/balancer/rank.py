"""Which of two ways to make room is the better one: the order is total, so it never depends on the input's."""

from collections.abc import Sequence
from dataclasses import dataclass

from appliances.balancer.relief import Demand, Running


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """The lower, the better."""

    count: int
    importances: tuple[int, ...]
    """The highest first: what is most important decides."""
    surplus_mw: int
    """What is freed beyond need at the breaker exceeded the most."""
    ids: tuple[int, ...]


def rank(off: Sequence[Running], demand: Demand) -> Rank:
    return Rank(
        count=len(off),
        importances=tuple(sorted((each.importance for each in off), reverse=True)),
        surplus_mw=-demand.after(off).missing_mw[demand.worst],
        ids=tuple(sorted(each.load.id for each in off)),
    )
