"""Put in the interlock. When its SQL changes: a new migration like this one, and this one emptied."""

from typing import Any

from django.db import migrations

from appliances.interlock import guard


def install(apps: Any, schema_editor: Any) -> None:
    guard.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("appliances", "0006_growth")]

    operations = [migrations.RunPython(install, remove)]
