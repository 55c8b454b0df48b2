"""Small trees written out by hand, in watts."""

from typing import Any

from appliances.balancer import units
from appliances.balancer.tree import Breaker, Load, Rules, Tree

MAIN = 1
KITCHEN = 2


def a_breaker(circuit_id: int = MAIN, *, limit_watts: int | str = 5000, fed_from: int | None = None) -> Breaker:
    return Breaker(circuit_id, f"Circuit {circuit_id}", fed_from, units.to_mw(limit_watts))


def a_load(load_id: int, watts: int | str, *, at: int = MAIN, on: bool = True, priority: int = 5, **rules: Any) -> Load:
    """On or off for as long as anyone knows; `rules` are those of `Rules`."""
    return Load(load_id, f"Load {load_id}", at, units.to_mw(watts), on, priority, Rules(**rules))


def a_home(*loads: Load, limit_watts: int | str = 5000, kitchen_watts: int | str = 3000) -> Tree:
    """A main circuit that feeds a kitchen."""
    main = a_breaker(MAIN, limit_watts=limit_watts)
    return Tree((main, a_breaker(KITCHEN, limit_watts=kitchen_watts, fed_from=MAIN)), loads)


def a_chain(depth: int, *loads: Load, limit_watts: int | str = 5000) -> Tree:
    """Circuit 1 feeds circuit 2 feeds circuit 3 …"""
    breakers = (a_breaker(at, limit_watts=limit_watts, fed_from=at - 1 or None) for at in range(1, depth + 1))
    return Tree(tuple(breakers), loads)
