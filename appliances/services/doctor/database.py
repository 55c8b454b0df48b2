"""The database: reachable, of a version that is known, set up as the promises need it, whole, and not full."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from appliances.interlock import guard
from appliances.models import Decision
from appliances.services import probing
from appliances.services.doctor.finding import Finding, warning, well, wrong

OLDEST_POSTGRESQL = 14
CONNECTIONS = settings.HTTP_THREADS + 5
"""Of one process: its threads for requests, four for watchers, one for the controller beside it."""

PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
MEANINGS = {
    "journal_mode": "readers would wait for writers",
    "synchronous": "a power cut could lose what was answered",
    "foreign_keys": "rows could lose what they belong to",
}


def is_there() -> bool:
    """Looking for an SQLite file would make one."""
    return connection.vendor != "sqlite" or Path(settings.DATABASES["default"]["NAME"]).exists()


def database() -> Iterator[Finding]:
    """Raises DatabaseError where it cannot be reached."""
    if not is_there():
        said = f"There is none yet at {settings.DATABASES['default']['NAME']}."
        yield wrong("database", said, "Start VoltSafe once, which makes it; or set VOLTSAFE_DATA_DIR to where it is.")
    elif connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        yield from _postgresql()


def _sqlite() -> Iterator[Finding]:
    name = settings.DATABASES["default"]["NAME"]
    version = _one("SELECT sqlite_version()")
    broken = _one("PRAGMA quick_check(1)")
    if broken != "ok":
        yield wrong(
            "database", f"SQLite says that {name} is damaged: {broken}", "Restore the last backup: manage.py restore."
        )
    else:
        yield well("database", f"SQLite {version}, {name}, not damaged.")
    found = {pragma: str(_one(f"PRAGMA {pragma}")) for pragma in PRAGMAS}
    off = [pragma for pragma, wanted in PRAGMAS.items() if found[pragma] != wanted]
    if off:
        said = "; ".join(f"{pragma} is {found[pragma]}: {MEANINGS[pragma]}" for pragma in off)
        yield wrong("durability", f"{said}.", "Put the database on a local disk that supports SQLite's WAL.")
    else:
        yield well("durability", "Write-ahead log, every commit waits for the disk, foreign keys are held to.")


def _postgresql() -> Iterator[Finding]:
    number = int(_one("SHOW server_version_num"))
    said = f"PostgreSQL {_one('SHOW server_version')}."
    if number // 10000 < OLDEST_POSTGRESQL:
        yield wrong("database", said, f"Use PostgreSQL {OLDEST_POSTGRESQL} or newer.")
    else:
        yield well("database", said)
    off = [name for name in ("fsync", "synchronous_commit", "full_page_writes") if _one(f"SHOW {name}") == "off"]
    if off:
        lost = f"{' and '.join(off)} is off: a power cut could lose what was answered."
        yield wrong("durability", lost, "Switch it on in postgresql.conf.")
    else:
        yield well("durability", "Every commit waits for the disk.")
    yield _room_for_connections()


def _room_for_connections() -> Finding:
    most = int(_one("SHOW max_connections")) - int(_one("SHOW superuser_reserved_connections"))
    used = int(_one("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    said = f"{used} of {most} connections are in use; a process of VoltSafe has up to {CONNECTIONS}."
    if most < CONNECTIONS:
        return wrong("connections", said, f"Set max_connections to {CONNECTIONS + 5} or more.")
    if most - used < 2:
        return warning("connections", said, "Raise max_connections, or end what else is connected.")
    return well("connections", said)


def _one(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def migrations() -> Iterator[Finding]:
    newer, missing = probing.migrations()
    if newer:
        said = f"A newer VoltSafe wrote it; this one does not know {', '.join(newer)}."
        do = "Start that version again, or restore the backup made before the upgrade (docs/design/backups.md)."
        yield wrong("migrations", said, do)
    elif missing:
        said = f"Not yet made: {', '.join(missing)}."
        yield wrong("migrations", said, "Start VoltSafe, or run manage.py migrate.")
    else:
        yield well("migrations", "All are made.")


def record() -> Iterator[Finding]:
    count, oldest = Decision.objects.count(), Decision.objects.order_by("pk").values_list("at", flat=True).first()
    keep = settings.KEEP_DECISIONS
    kept = "for ever" if keep is None else f"for {keep.days} days"
    since = f", the first of {oldest:%Y-%m-%d}" if oldest else ""
    yield well("record", f"{count} decisions{since}; they are kept {kept} (VOLTSAFE_KEEP_DECISIONS).")


def interlock() -> Iterator[Finding]:
    found = guard.differences(connection)
    if found:
        said = f"Not whole, so nothing is switched on: {'; '.join(found)}."
        yield wrong("interlock", said, "Run manage.py migrate; docs/design/interlock.md says how to put it back.")
    else:
        yield well("interlock", "The database refuses overloads by itself.")
