"""What is claimed for an appliance that is off: that it starts when there is room, or comes back after shedding."""

from collections.abc import Iterable
from typing import Any

from appliances.balancer import claims as queue
from appliances.balancer.claims import Claim, Why
from appliances.models import Appliance, Shed, Wait


def waiting(row: Appliance) -> Wait | None:
    found: Wait | None = _read_with("wait", row)
    return found


def shed(row: Appliance) -> Shed | None:
    """What it was shed for, while it is off for that."""
    found = ever_shed(row)
    return found if found is not None and found.returned_at is None else None


def ever_shed(row: Appliance) -> Shed | None:
    """The same, and for a while after it came back."""
    found: Shed | None = _read_with("shed", row)
    return found


def _read_with(name: str, row: Appliance) -> Any:
    """What was read with the row is known to be there or not; asked by its name, Django says no by an exception."""
    known = row._state.fields_cache
    return known[name] if name in known else getattr(row, name, None)


def of(rows: Iterable[Appliance], *, forget: bool = False) -> list[Claim]:
    """The claims of these appliances; `forget` since when there was room."""
    found = []
    for row in rows:
        wait, off_for = waiting(row), shed(row)
        if wait is not None:
            found.append(Claim(row.pk, Why.WAITING, wait.asked_at))
        elif off_for is not None:
            since = None if forget else off_for.fits_since
            hold = queue.hold_after(off_for.failures)
            found.append(Claim(row.pk, Why.SHED, off_for.at, fits_since=since, hold_seconds=hold))
    return found


def give_up(row: Appliance) -> bool:
    """Nothing is to be done for it any more: somebody switched it. Says whether there was anything."""
    claimed = bool(waiting(row) or shed(row))
    if waiting(row):
        Wait.objects.filter(appliance=row).delete()
    if ever_shed(row):
        Shed.objects.filter(appliance=row).delete()
    return claimed
