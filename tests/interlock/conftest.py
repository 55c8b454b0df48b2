"""A migrated SQLite file with both homes in it, copied for every test that asks for one."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.interlock import house
from tests.interlock.scratch import opened


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """A migrated SQLite file with both homes in it."""
    file = tmp_path_factory.mktemp("migrated") / "template.sqlite3"
    with django_db_blocker.unblock(), opened(file) as scratch:
        call_command("migrate", database=scratch.alias, verbosity=0)
        with transaction.atomic(using=scratch.alias), scratch.cursor() as cursor:
            for sql, values in house.STATEMENTS:
                cursor.execute(sql, values)
    return file


@pytest.fixture
def scratch(template: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    file = tmp_path / "scratch.sqlite3"
    shutil.copy(template, file)
    with django_db_blocker.unblock(), opened(file) as database:
        yield database
