"""Whether a database holds what must not be lost."""

from django.db import connection

SOMEBODYS = ("appliances_user", "appliances_home", "appliances_decision")
"""One row in any of these is somebody's; what is elsewhere in a database without any was made by VoltSafe itself."""


def somebodys_rows() -> bool:
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
        for table in SOMEBODYS:
            if table in there:
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 (names of our own tables)
                if cursor.fetchone()[0]:
                    return True
    return False
