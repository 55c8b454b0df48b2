"""How close a load is to its limit, in whole-number arithmetic: 80 % is 80 %, not a rounded 79.99."""

from enum import StrEnum


class Status(StrEnum):
    SAFE = "safe"
    WARNING = "warning"
    CRITICAL = "critical"


def status(load_mw: int, limit_mw: int, warning_percent: int, critical_percent: int) -> Status:
    """A threshold counts from the moment it is reached. A limit of 0 is always critical: nothing fits."""
    if limit_mw == 0 or load_mw * 100 >= limit_mw * critical_percent:
        return Status.CRITICAL
    if load_mw * 100 >= limit_mw * warning_percent:
        return Status.WARNING
    return Status.SAFE


def utilization_tenths(load_mw: int, limit_mw: int) -> int:
    """Tenths of a percent, rounded down, so that 100.0 % is only ever shown when the limit is reached."""
    return 1000 if limit_mw == 0 else load_mw * 1000 // limit_mw
