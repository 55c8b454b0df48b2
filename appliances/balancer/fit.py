"""Whether an appliance that is off would fit, said before anyone tries."""

from appliances.balancer.tree import Breaker, Tree


def short_by_mw(tree: Tree, load_id: int) -> tuple[int, Breaker | None]:
    """How much too much it would be, and at which breaker; 0 and None when it fits or is on already.

    Only the breakers above it count: what is too much elsewhere keeps nothing off here.
    """
    load = tree.load(load_id)
    if load.is_on:
        return 0, None
    tightest = tree.tightest(load.circuit_id)
    too_much_mw = load.rated_mw + tree.carried_mw(tightest.id) - tightest.limit_mw
    return (too_much_mw, tightest) if too_much_mw > 0 else (0, None)
