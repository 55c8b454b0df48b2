"""The breakers that carry more than their limit, worst first."""

from dataclasses import dataclass

from appliances.balancer.tree import Breaker, Tree


@dataclass(frozen=True, slots=True)
class Overload:
    breaker: Breaker
    load_mw: int
    exceeded_by_mw: int


def overloads(tree: Tree, *, about: int | None = None) -> tuple[Overload, ...]:
    """Every exceeded breaker of the tree; among equals those on the way up from the circuit `about` come
    first, the nearest before the next, then the deepest, then the lowest id.
    """
    nearness = {} if about is None else {breaker.id: step for step, breaker in enumerate(tree.path(about))}
    far = len(tree.breakers)
    carried_mw = tree.all_carried_mw()
    exceeded = (
        Overload(breaker, carried_mw[breaker.id], carried_mw[breaker.id] - breaker.limit_mw)
        for breaker in tree.breakers
        if carried_mw[breaker.id] > breaker.limit_mw
    )

    def order(overload: Overload) -> tuple[int, int, int, int]:
        circuit_id = overload.breaker.id
        depth = len(tree.path(circuit_id))
        return -overload.exceeded_by_mw, nearness.get(circuit_id, far), -depth, circuit_id

    return tuple(sorted(exceeded, key=order))
