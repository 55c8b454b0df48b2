"""Installations that were lived in: made once, copied for every test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.backups import furniture
from tests.backups.installation import Database, a_new_one, let_go, lived_in


@pytest.fixture(scope="session")
def _plain(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,  # whoever asks for it is run on every engine
    django_db_blocker: Any,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("plain")
    with django_db_blocker.unblock():
        database = a_new_one(folder)
        with lived_in(database, folder):
            call_command("migrate", interactive=False, verbosity=0)
            furniture.bring_in()
    yield database
    database.drop()


@pytest.fixture(scope="session")
def _furnished(
    _plain: Database, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Database]:
    """With everything in it that a backup may lose."""
    folder = tmp_path_factory.mktemp("furnished")
    database = _plain.copy(folder)
    with django_db_blocker.unblock(), lived_in(database, folder):
        furniture.bring_in_what_is_newer()
    yield database
    database.drop()


@pytest.fixture(scope="session")
def _older(_plain: Database, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Database]:
    """As an older version has left it."""
    folder = tmp_path_factory.mktemp("older")
    database = _plain.copy(folder)
    with django_db_blocker.unblock(), lived_in(database, folder):
        call_command("migrate", "appliances", "0002", interactive=False, verbosity=0)
    yield database
    database.drop()


@pytest.fixture
def _unblocked(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def _copied(of: Database, folder: Path) -> Iterator[Database]:
    database = of.copy(folder)
    with lived_in(database, folder):
        yield database
        let_go()
    database.drop()


@pytest.fixture
def home(_unblocked: None, _furnished: Database, tmp_path: Path) -> Iterator[Database]:
    yield from _copied(_furnished, tmp_path)


@pytest.fixture
def old_home(_unblocked: None, _older: Database, tmp_path: Path) -> Iterator[Database]:
    yield from _copied(_older, tmp_path)


@pytest.fixture
def plain_home(_unblocked: None, _plain: Database, tmp_path: Path) -> Iterator[Database]:
    """With nothing in it that older versions did not have."""
    yield from _copied(_plain, tmp_path)
