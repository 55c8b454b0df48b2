"""Whether an appliance that is off would fit, said before anyone tries."""

from collections.abc import Mapping

from appliances.balancer.tree import Breaker, Load, Tree


def short_by_mw(tree: Tree, load_id: int) -> tuple[int, Breaker | None]:
    """How much too much it would be, and at which breaker; 0 and None when it fits or is on already.

    Only the breakers above it count: what is too much elsewhere keeps nothing off here.
    """
    load = tree.load(load_id)
    tightest = _tightest_above(tree, load.circuit_id)
    too_much_mw = _too_much_mw(tree, load, tightest)
    return (too_much_mw, tightest) if too_much_mw else (0, None)


def all_short_by_mw(tree: Tree) -> Mapping[int, tuple[int, int | None]]:
    """The same for every load at once, with the breaker's id."""
    tightest = {breaker.id: _tightest_above(tree, breaker.id) for breaker in tree.breakers}
    short: dict[int, tuple[int, int | None]] = {}
    for load in tree.loads:
        at = tightest[load.circuit_id]
        too_much_mw = _too_much_mw(tree, load, at)
        short[load.id] = (too_much_mw, at.id) if too_much_mw else (0, None)
    return short


def _too_much_mw(tree: Tree, load: Load, tightest: Breaker) -> int:
    if load.is_on:
        return 0
    return max(0, load.rated_mw + tree.carried_mw(tightest.id) - tightest.limit_mw)


def _tightest_above(tree: Tree, circuit_id: int) -> Breaker:
    """The least headroom from the circuit up to the main: the nearest among equals."""
    carried_mw = tree.all_carried_mw()
    return min(tree.path(circuit_id), key=lambda breaker: breaker.limit_mw - carried_mw[breaker.id])
