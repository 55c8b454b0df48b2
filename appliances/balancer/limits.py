"""Which of a breaker's own limit and the temporary ones binds."""

from collections.abc import Iterable

from appliances.balancer.tree import Cap


def in_force(own_limit_mw: int, caps: Iterable[Cap]) -> tuple[int, Cap | None]:
    """What may be carried now and the cap that says so; none where its own limit is as low.

    0 is a limit like any other, never "unlimited".
    """
    lowest = min(caps, key=lambda cap: (cap.limit_mw, cap.id), default=None)
    if lowest is None or lowest.limit_mw >= own_limit_mw:
        return own_limit_mw, None
    return lowest.limit_mw, lowest
