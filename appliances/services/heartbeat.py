"""When a controller last ran, so that everybody can see whether one does."""

from datetime import datetime, timedelta

from appliances.models import Heartbeat

EVERY = timedelta(seconds=15)
"""Between two writes: a small computer's card wears out with every one."""

LATE_AFTER = timedelta(seconds=60)
"""Without a sign for so long, it is taken for dead."""


def beat(now: datetime) -> bool:
    """Say that it runs; writes only where the last sign is old enough, and tells whether it did."""
    last = last_run()
    if last is None:
        Heartbeat.objects.update_or_create(pk=1, defaults={"ran_at": now})
        return True
    return now - last >= EVERY and bool(Heartbeat.objects.filter(pk=1, ran_at__lt=now).update(ran_at=now))


def last_run() -> datetime | None:
    return Heartbeat.objects.filter(pk=1).values_list("ran_at", flat=True).first()


def is_late(last: datetime | None, now: datetime) -> bool:
    return last is None or now - last > LATE_AFTER
