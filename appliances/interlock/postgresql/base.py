"""Django's PostgreSQL backend, whose connections do not wait for ever for a server that has stopped answering.

The server's own limits (`statement_timeout`) end what takes too long while it works. A server that is stopped, or whom
the network has swallowed, keeps no limit: then the client gives the connection up.
"""

import time
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from psycopg import Connection, IsolationLevel, OperationalError
from psycopg.errors import ConnectionTimeout, _WaitTimeout

from appliances.interlock.at_once import AtOnce

Row = TypeVar("Row")

PATIENCE = 6.0
"""Seconds for any answer; more than `statement_timeout` (voltsafe.settings), which is to come first."""

WHETHER_IT_IS_THERE = 1.5
"""Seconds for the answer to the question before a request whether the connection still holds."""


A_MOMENT = 1.0
"""Seconds for which a server that let a connection wait in vain is not asked again: one request asks it many times."""


class Patient(Connection[Row]):
    """A connection that is closed where an answer does not come; None waits for ever."""

    patience: float | None = PATIENCE

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        patience = self.patience if timeout is None else timeout
        try:
            return super().wait(gen, interval, patience)
        except _WaitTimeout:
            # What was asked may still be done, and its answer would come to whoever asks next.
            self.pgconn.finish()
            raise OperationalError(f"the server did not answer within {patience} seconds") from None


class SchemaEditor(AtOnce, DatabaseSchemaEditor):
    pass


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor

    _silent_until = 0.0
    """By the monotonic clock, for all threads."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if time.monotonic() < DatabaseWrapper._silent_until:
            raise OperationalError("the server did not answer a moment ago")
        try:
            connection: Patient[Any] = Patient.connect(**conn_params)
        except ConnectionTimeout:
            DatabaseWrapper._silent_until = time.monotonic() + A_MOMENT
            raise
        if self.alias != DEFAULT_DB_ALIAS:
            connection.patience = None
        return connection

    def let_it_take_its_time(self) -> None:
        """For a migration, on the connection that is open: as long as it takes."""
        self.connection.patience = None
        with self.cursor() as cursor:
            for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SET {limit} = 0")

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        usual = self.connection.patience
        self.connection.patience = WHETHER_IT_IS_THERE
        try:
            return bool(super().is_usable())
        finally:
            if self.connection is not None:
                self.connection.patience = usual
