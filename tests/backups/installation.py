"""An installation of a test's own: a database that the default connection leads to, and a data folder."""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import override_settings
from psycopg import sql

from appliances.interlock import guard
from appliances.interlock.sqlite.base import DatabaseWrapper
from appliances.services import known, writer

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA foreign_keys=ON;",
}


class OnSqlite:
    def __init__(self, file: Path) -> None:
        self.file = file

    def connect(self) -> Any:
        given = connections[DEFAULT_DB_ALIAS].settings_dict
        here = {**given, "ENGINE": "appliances.interlock.sqlite", "NAME": str(self.file), "OPTIONS": SQLITE_OPTIONS}
        return DatabaseWrapper(here, DEFAULT_DB_ALIAS)

    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def copy(self, at: Path) -> "OnSqlite":
        """Of one that nobody has open."""
        return OnSqlite(Path(shutil.copy(self.file, at / "copy.sqlite3")))

    def drop(self) -> None:
        """It goes with its folder."""


class OnPostgresql:
    def __init__(self, template: str = "template1") -> None:
        self.name = f"backups_{uuid.uuid4().hex}"
        self._tell("CREATE DATABASE {} TEMPLATE {}", self.name, template)

    def connect(self) -> Any:
        made = connections.create_connection(DEFAULT_DB_ALIAS)
        made.settings_dict = {**made.settings_dict, "NAME": self.name}
        return made

    def url(self) -> str:
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(self.name)}").geturl()

    def copy(self, _at: Path) -> "OnPostgresql":
        return OnPostgresql(self.name)

    def drop(self) -> None:
        self._tell("DROP DATABASE {} WITH (FORCE)", self.name)

    @staticmethod
    def _tell(what: str, *names: str) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(sql.SQL(what).format(*map(sql.Identifier, names)))


Database = OnSqlite | OnPostgresql


def a_new_one(folder: Path) -> Database:
    """Of the engine that the tests run on."""
    return OnSqlite(folder / "new.sqlite3") if connection.vendor == "sqlite" else OnPostgresql()


@contextlib.contextmanager
def lived_in(database: Database, folder: Path) -> Iterator[None]:
    """In here the default connection leads there, and what must be kept is in the folder."""
    own = connections[DEFAULT_DB_ALIAS]
    with pytest.MonkeyPatch.context() as patch, override_settings(DATA_DIR=folder):
        writing = database.connect()
        writing.inc_thread_sharing()
        patch.setattr(writer, "_kept", [writing])
        connections[DEFAULT_DB_ALIAS] = database.connect()
        known.forget()
        try:
            yield
        finally:
            let_go()
            connections[DEFAULT_DB_ALIAS] = own
            known.forget()


def let_go() -> None:
    """Close what this process has open of the database, as its end would."""
    guard.forget(connection)
    connection.close()
    for writing in writer._kept:
        writing.close()
    known.forget()


def environment(database: Database, folder: Path) -> dict[str, str]:
    """For a process there."""
    here = {"DATABASE_URL": database.url(), "VOLTSAFE_DATA_DIR": str(folder)}
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "voltsafe.settings", **here}
