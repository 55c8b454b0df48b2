"""One trigger of the interlock to take out, whatever the engine."""

from django.db import connection

ANY_TRIGGER = {"sqlite": "voltsafe_circuit_after_update", "postgresql": "voltsafe_circuit_changed"}[connection.vendor]
DROP = {
    "sqlite": f"DROP TRIGGER {ANY_TRIGGER}",
    "postgresql": f"DROP TRIGGER {ANY_TRIGGER} ON appliances_circuit",
}[connection.vendor]


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
