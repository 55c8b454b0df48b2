"""Questions whose answers tell whether this installation works; asked by /readyz and by the doctor."""

import os
from pathlib import Path

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F

from appliances.models import Heartbeat
from appliances.services import durable
from appliances.services.fair_turn import TookTooLong

NOT_FULL = 1024 * 1024
"""Bytes that must be free; what waits to be written to SQLite's file comes beside it first."""

PATIENCE = 1.0
"""Seconds to wait for a turn to write."""


def database() -> None:
    """Raises DatabaseError where it does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> tuple[list[str], list[str]]:
    """Those in the database that this program does not know, and those of this program that are not in it."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    ours = {key for key in loader.applied_migrations if key[0] in loader.migrated_apps}
    newer = sorted(f"{app}.{name}" for app, name in ours - loader.disk_migrations.keys())
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    return newer, [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def writing() -> str:
    """What keeps the database from being written, in a few words; nothing where nothing does.

    Only a write tells for certain, and a small computer's card wears out with each: one is tried where the last failed.
    """
    if connection.vendor == "sqlite" and (said := _of_disk(Path(connection.settings_dict["NAME"]).parent)):
        return said
    if not durable.could_not_write():
        return ""
    try:
        durable.run(_write, patience=PATIENCE)
    except (OperationalError, TookTooLong):
        return "the database cannot be written"
    durable.writes_again()
    return ""


def _write() -> None:
    """What changes nothing and is written all the same; SQLite does not write a row that stays as it was."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA user_version = 0")
    else:
        Heartbeat.objects.update(ran_at=F("ran_at"))


def _of_disk(folder: Path) -> str:
    disk = os.statvfs(folder)
    if disk.f_flag & os.ST_RDONLY:
        return "the disk is read-only"
    return "the disk is full" if disk.f_bavail * disk.f_frsize < NOT_FULL else ""
