"""A schema editor that carries every trigger, and our index, over the table rebuilds of SQLite migrations.

Django changes a SQLite table by making a new one, copying and renaming; SQLite drops the old table's triggers and
indexes with it, without a word (docs/design/interlock.md), and Django makes only those anew that it knows of. Saved
and re-created inside one transaction, there is no moment at which another connection sees a table without them.
"""

from typing import Any

from django.db import transaction
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor as DjangoSchemaEditor
from django.db.models import Model

from appliances.interlock import tables
from appliances.interlock.at_once import AtOnce


class DatabaseSchemaEditor(AtOnce, DjangoSchemaEditor):
    def _remake_table(self, model: type[Model], *args: Any, **kwargs: Any) -> None:
        # Of its own, for migrations that are not atomic, and for callers that survive the error.
        with transaction.atomic(using=self.connection.alias):
            with self.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT type, name, sql FROM sqlite_master"
                    " WHERE type = 'trigger' OR (type = 'index' AND name GLOB %s)",
                    [f"{tables.PREFIX}*"],
                )
                saved = cursor.fetchall()
            for kind, name, _ in saved:
                self.execute(f"DROP {kind.upper()} {self.quote_name(name)}", params=None)
            super()._remake_table(model, *args, **kwargs)  # type: ignore[misc]
            for _, _, sql in saved:
                self.execute(sql, params=None)
