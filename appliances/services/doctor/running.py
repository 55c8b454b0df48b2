"""What runs and where: the channel layer, the controller, the clock, the disk, and the load of the homes."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import connection
from django.db.models import F
from redis import Redis

from appliances import events
from appliances.balancer import overload, units
from appliances.models import Circuit, Decision, Home, TemporaryLimit
from appliances.services import heartbeat, reading
from appliances.services.doctor.finding import Finding, warning, well, wrong

OLDEST_REDIS = 5
CLOCKS_MAY_DIFFER = timedelta(seconds=2)
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
SET_THE_CLOCK = "Let the machine keep its time by NTP (timedatectl set-ntp true)."
LITTLE, TOO_LITTLE = 1024, 100
"""Megabytes that are free."""
OF_THE_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.rclone"}
MOUNTS = Path("/proc/self/mounts")


def channel_layer() -> Iterator[Finding]:
    """Raises whatever the layer raises where it does not answer."""
    events.round_trip()
    if not settings.REDIS_URL:
        said = "In memory: pages in another process learn of a change up to a second later."
        if connection.vendor == "sqlite" and settings.CONTROLLER_BESIDE:
            yield well("channel layer", said)
        else:
            yield warning("channel layer", said, "Where more than one process serves, set REDIS_URL for all of them.")
        return
    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as redis:
        version = str(redis.info("server")["redis_version"])
    if int(version.partition(".")[0]) < OLDEST_REDIS:
        yield wrong("channel layer", f"Redis {version} answers.", f"Use Redis {OLDEST_REDIS} or newer.")
    else:
        yield well("channel layer", f"Redis {version} answers.")


def controller(now: datetime) -> Iterator[Finding]:
    last = heartbeat.last_run()
    if heartbeat.is_late(last, now):
        when = f"Last ran {_ago(now - last)} ago" if last else "Has never run"
        said = f"{when}: nothing waiting starts, nothing is shed or comes back."
        yield warning("controller", said, "Start VoltSafe, or manage.py controller where VOLTSAFE_CONTROLLER is 0.")
    else:
        yield well("controller", f"Ran {_ago(now - (last or now))} ago.")


def clock(now: datetime) -> Iterator[Finding]:
    if now < NOT_BEFORE:
        yield wrong("clock", f"It is set to {now:%Y-%m-%d %H:%M} UTC, which is long past.", SET_THE_CLOCK)
        return
    newest = Decision.objects.order_by("-pk").values_list("at", flat=True).first()
    if newest is not None and newest - now > CLOCKS_MAY_DIFFER:
        said = f"The newest decision is {_ago(newest - now)} in the future: the clock was set back."
        yield wrong("clock", said, SET_THE_CLOCK)
    elif (differs := abs(_clock_of_database(now) - now)) > CLOCKS_MAY_DIFFER:
        said = f"The database's clock and this machine's differ by {_ago(differs)}."
        yield wrong("clock", said, SET_THE_CLOCK)
    else:
        yield well("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC; not before the newest decision.")
    unknown = sorted({zone for zone in Home.objects.values_list("timezone", flat=True) if not _is_zone(zone)})
    if unknown:
        said = f"This machine does not know {', '.join(unknown)}."
        yield wrong("time zones", said, "Install tzdata, or choose another time zone on the page of the home.")
    else:
        yield well("time zones", "Those of all homes are known.")


def _clock_of_database(now: datetime) -> datetime:
    """SQLite has none of its own."""
    if connection.vendor == "sqlite":
        return now
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    return now + (told - before)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def disk() -> Iterator[Finding]:
    path = Path(settings.DATA_DIR)
    free = shutil.disk_usage(path).free // 1024**2
    said = f"{free} MB are free at {path}."
    if free < TOO_LITTLE:
        yield wrong("disk", said, "Make room: a decision that cannot be written is not taken.")
    elif free < LITTLE:
        yield warning("disk", said, "Make room before it is full.")
    else:
        yield well("disk", said)
    if connection.vendor == "sqlite":
        kind = _file_system(path)
        if kind in OF_THE_NETWORK:
            said = f"The database is on a network file system ({kind}), where SQLite's locks do not hold."
            yield wrong("file system", said, "Move the data folder to a local disk, or use PostgreSQL.")
        elif kind == "tmpfs":
            said = "The database is in memory (tmpfs) and is lost when the machine stops."
            yield warning("file system", said, "Move the data folder to a disk.")
        else:
            yield well("file system", f"Local ({kind or 'of a kind that is not told'}).")


def _file_system(path: Path) -> str:
    """The kind of the mount that holds it; the deepest wins, and of several at one place the last."""
    if not MOUNTS.exists():
        return ""
    whole, best, kind = path.resolve(), Path("/"), ""
    for line in MOUNTS.read_text(errors="replace").splitlines():
        _device, at, found, *_rest = line.split(" ")
        mount = Path(at.replace("\\040", " "))
        if (whole == mount or mount in whole.parents) and len(mount.parts) >= len(best.parts):
            best, kind = mount, found
    return kind


def overloads(now: datetime) -> Iterator[Finding]:
    """Open ones; a limit may have been lowered, for a while or for good, while more was on."""
    capped = TemporaryLimit.objects.filter(starts_at__lte=now, ends_at__gt=now).values("home_id")
    over = Circuit.objects.filter(load__gt=F("limit")).values("home_id")
    found = 0
    for home in Home.objects.filter(pk__in=over.union(capped)).order_by("pk"):
        for one in overload.overloads(reading.tree_of(home.pk, now)):
            found += 1
            beyond = f"{units.to_watts(one.exceeded_by_mw):f}".rstrip("0").rstrip(".")
            said = f"{home.name}: {one.breaker.name} carries {beyond} W more than its limit."
            yield wrong("overload", said, "Switch something off there, or arm the controller of that home.")
    if not found:
        yield well("overload", "None is open.")


def _ago(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {word}"
    return f"{seconds} s"
