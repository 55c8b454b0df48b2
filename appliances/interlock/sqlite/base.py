"""Django's SQLite backend, whose schema editor keeps our triggers."""

from typing import Any

from django.db.backends.sqlite3 import base

from appliances.interlock.sqlite.schema import DatabaseSchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor

    verified_schema: int | None = None
    """The version of the schema, as committed, in which the interlock was last seen whole."""

    def connect(self) -> None:
        self.verified_schema = None
        super().connect()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        # A statement that triggers may undo keeps a journal of its own: a temporary file is ten times dearer.
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    # A schema that is rolled back gives its version number free for another one.
    def rollback(self) -> None:
        self.verified_schema = None
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        self.verified_schema = None
        super().savepoint_rollback(sid)
