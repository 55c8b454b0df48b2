"""What every test leans on."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

from appliances.api import together
from appliances.interlock import guard
from appliances.interlock.postgresql.triggers import TRIGGERS
from appliances.presentation import newest
from appliances.services import known, noting
from tests.serving.served_once import ServedOnce

WRITTEN_BY_MIGRATE = {"django_content_type", "auth_permission"}


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end; looking through it for garbage was a twelfth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """PostgreSQL drops a database when the disk has it all, which may be later than the product has patience for."""
    yield
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["options"] += " -c statement_timeout=0"


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> ServedOnce:
    return ServedOnce(tmp_path_factory.mktemp("served_once"))


@pytest.fixture
def served_once(prepared_folder: ServedOnce) -> Path:
    """A folder as the first start leaves it: nobody is there yet."""
    return prepared_folder.as_it_was()


@pytest.fixture(autouse=True)
def _notes_are_tried() -> None:
    """Whatever kept a test before from making one is over."""
    noting._not_before = 0.0


@pytest.fixture(autouse=True)
def _a_layer_of_its_own() -> None:
    """A layer counts who receives on it: one that an earlier test left receiving would refuse the loop of this one."""
    channel_layers.backends.clear()


@pytest.fixture(autouse=True, scope="session")
def _empty_past_the_interlock() -> Any:
    """After a test that commits every row goes, decisions too: the interlock steps aside and is put in anew.

    Django's flush would truncate every table and have the rows of `migrate` written again, at ten times the price.
    """

    def empty_all(case: TransactionTestCase) -> None:
        for alias in case._databases_names(include_mirrors=False):
            empty(connections[alias])
        # A restore in a test may give numbers again that were given before, which no other database does.
        known.forget()
        newest._read.clear()
        together.home_of.cache_clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_all)
        yield


def empty(database: BaseDatabaseWrapper) -> None:
    tables = sorted(set(database.introspection.django_table_names(include_views=False)) - WRITTEN_BY_MIGRATE)
    deletes = [f"DELETE FROM {database.ops.quote_name(table)}" for table in tables]
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        guard.forget(database)
        if database.vendor == "postgresql" and not guard.differences(database):
            cursor.execute(";".join([*ASIDE, *deletes, "SET CONSTRAINTS ALL IMMEDIATE", *BACK]))
            return
        guard.remove(database)
        for delete in deletes:
            cursor.execute(delete)
        guard.install(database)


_OURS: dict[str, list[str]] = {}
for _name, _trigger in TRIGGERS.items():
    _OURS.setdefault(_trigger.table, []).append(f"ENABLE ALWAYS TRIGGER {_name}")
ASIDE = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in _OURS]
BACK = [f"ALTER TABLE {table} {', '.join(each)}" for table, each in _OURS.items()]
"""Where nobody has touched it that is a tenth of the work."""
