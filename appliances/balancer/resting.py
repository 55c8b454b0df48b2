"""How long an appliance stays off, or on, before it is switched again."""

from datetime import datetime, timedelta

from appliances.balancer.tree import Load


def rests_until(load: Load, now: datetime) -> datetime | None:
    """The end of the minimum off time of a load that is off, while it lies ahead."""
    return None if load.is_on else _ahead(load, load.rules.min_off_seconds, now)


def stays_on_until(load: Load, now: datetime) -> datetime | None:
    """The end of the minimum on time of a load that is on, while it lies ahead."""
    return _ahead(load, load.rules.min_on_seconds, now) if load.is_on else None


def ends_at(load: Load) -> datetime | None:
    """When a load that is on has been on for as long as it may."""
    if not load.is_on or load.switched_at is None or load.rules.max_on_seconds is None:
        return None
    return load.switched_at + timedelta(seconds=load.rules.max_on_seconds)


def due_off(load: Load, now: datetime) -> bool:
    """Whether it has been on for as long as it may; never when it is not known since when."""
    end = ends_at(load)
    return end is not None and end <= now


def _ahead(load: Load, seconds: int, now: datetime) -> datetime | None:
    """Who asked before and came later to the lock, or a clock that was set back, may find it switched in its future."""
    if load.switched_at is None:
        return None
    end = min(load.switched_at, now) + timedelta(seconds=seconds)
    return end if end > now else None
