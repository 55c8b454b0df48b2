"""Whether an appliance that is off would fit, said before anyone tries."""

from collections.abc import Mapping

from appliances.balancer import overload
from appliances.balancer.tree import Breaker, Tree


def short_by_mw(tree: Tree, load_id: int) -> tuple[int, Breaker | None]:
    """How much too much it would be, and at which breaker; 0 and None when it fits or is on already."""
    load = tree.load(load_id)
    if load.is_on:
        return 0, None
    exceeded = overload.overloads(tree.switched(on=[load_id]), about=load.circuit_id)
    return (exceeded[0].exceeded_by_mw, exceeded[0].breaker) if exceeded else (0, None)


def all_short_by_mw(tree: Tree) -> Mapping[int, tuple[int, int | None]]:
    """The same for every load at once, with the breaker's id."""
    tightest = {breaker.id: _tightest_above(tree, breaker.id) for breaker in tree.breakers}
    standing = next(iter(overload.overloads(tree)), None)
    short: dict[int, tuple[int, int | None]] = {}
    for load in tree.loads:
        headroom_mw, circuit_id = tightest[load.circuit_id]
        too_much_mw = load.rated_mw - headroom_mw
        if load.is_on:
            short[load.id] = 0, None
        elif standing is not None and standing.exceeded_by_mw > too_much_mw:
            short[load.id] = standing.exceeded_by_mw, standing.breaker.id
        else:
            short[load.id] = (too_much_mw, circuit_id) if too_much_mw > 0 else (0, None)
    return short


def _tightest_above(tree: Tree, circuit_id: int) -> tuple[int, int]:
    """The least headroom from the circuit up to the main, and whose it is: the nearest among equals."""
    carried_mw = tree.all_carried_mw()
    tightest = min(tree.path(circuit_id), key=lambda breaker: breaker.limit_mw - carried_mw[breaker.id])
    return tightest.limit_mw - carried_mw[tightest.id], tightest.id
