"""Questions whose answers tell whether this installation works; asked by /readyz and by the doctor."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


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
