"""When somebody last made a backup; the one before an upgrade lies on the same disk and is none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from appliances.models import Home
from appliances.services.doctor.finding import Finding, warning, well

STAMP = "backup.made"
"""In the data folder; its time is what is known of a backup, which may be anywhere."""
OLD = timedelta(days=31)
MAKE_ONE = "Run manage.py backup FOLDER, best every night, and keep the files on another machine."


def note() -> None:
    Path(settings.DATA_DIR, STAMP).touch()


def backup(now: datetime) -> Iterator[Finding]:
    made_at = _made_at()
    if made_at is None and not Home.objects.exists():
        yield well("backup", "There is nothing to lose yet.")
    elif made_at is None:
        yield warning("backup", "None was ever made here.", MAKE_ONE)
    elif now - made_at > OLD:
        yield warning("backup", f"The last one was made {(now - made_at).days} days ago.", MAKE_ONE)
    else:
        yield well("backup", f"Last made {made_at:%Y-%m-%d %H:%M} UTC.")


def _made_at() -> datetime | None:
    stamp = Path(settings.DATA_DIR, STAMP)
    return datetime.fromtimestamp(stamp.stat().st_mtime, UTC) if stamp.exists() else None
