"""What the doctor says of the database."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from appliances.interlock import guard
from appliances.services import probing
from appliances.services.doctor import database
from appliances.services.doctor.finding import Finding, State

pytestmark = pytest.mark.django_db


def by_name(found: Any) -> dict[str, Finding]:
    return {one.name: one for one in found}


@pytest.mark.sqlite
def test_it_reads_back_what_holds_and_does_not_believe_the_settings() -> None:
    """The tests do not wait for the disk, which is what the doctor has to find."""
    found = by_name(database.database())

    assert found["database"].state is State.WELL
    assert "not damaged" in found["database"].said
    assert found["durability"].state is State.WRONG
    assert "synchronous is 0: a power cut could lose what was answered" in found["durability"].said


@pytest.mark.sqlite
def test_what_is_as_it_must_be_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database.PRAGMAS, "synchronous", "0")

    assert by_name(database.database())["durability"].state is State.WELL


@pytest.mark.sqlite
def test_looking_for_a_database_makes_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "none.sqlite3"))
    found = by_name(database.database())

    assert found["database"].state is State.WRONG
    assert "Start VoltSafe once" in found["database"].do
    assert not list(tmp_path.iterdir())


@pytest.mark.postgres
def test_of_postgresql_it_counts_the_connections() -> None:
    found = by_name(database.database())

    assert found["database"].said.startswith("PostgreSQL 1")
    assert f"up to {database.CONNECTIONS}" in found["connections"].said


ANSWERS = {
    "SHOW server_version_num": "160000",
    "SHOW server_version": "16.0",
    "SHOW fsync": "on",
    "SHOW synchronous_commit": "on",
    "SHOW full_page_writes": "on",
    "SHOW max_connections": "50",
    "SHOW superuser_reserved_connections": "3",
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'": 10,
}


@pytest.mark.parametrize(
    ("answers", "name", "state"),
    [
        ({}, "database", "well"),
        ({}, "durability", "well"),
        ({}, "connections", "well"),
        ({"SHOW server_version_num": "130004"}, "database", "wrong"),
        ({"SHOW fsync": "off"}, "durability", "wrong"),
        ({"SHOW synchronous_commit": "off"}, "durability", "wrong"),
        ({"SHOW max_connections": "12"}, "connections", "wrong"),
        ({"SHOW max_connections": "15"}, "connections", "wrong"),
        ({"SHOW max_connections": "16", "SHOW superuser_reserved_connections": "3"}, "connections", "well"),
        ({"SHOW max_connections": "16", list(ANSWERS)[-1]: 12}, "connections", "warning"),
    ],
)
def test_postgresql_by_what_it_answers(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], name: str, state: str
) -> None:
    monkeypatch.setattr(database, "_one", {**ANSWERS, **answers}.__getitem__)

    assert by_name(database._postgresql())[name].state == state


def test_migrations_that_are_missing_or_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert by_name(database.migrations())["migrations"].state is State.WELL
    monkeypatch.setattr(probing, "migrations", lambda: ([], ["appliances.0003_people"]))
    assert "Not yet made: appliances.0003_people" in by_name(database.migrations())["migrations"].said
    monkeypatch.setattr(probing, "migrations", lambda: (["appliances.9999_later"], []))
    assert "newer VoltSafe" in by_name(database.migrations())["migrations"].said


def test_what_is_in_the_database_and_in_this_program() -> None:
    assert probing.migrations() == ([], [])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('appliances', '9_later', '2030-01-01')"
        )
        cursor.execute("DELETE FROM django_migrations WHERE app = 'appliances' AND name <> '9_later'")
    newer, missing = probing.migrations()

    assert newer == ["appliances.9_later"]
    assert "appliances.0001_initial" in missing


def test_an_interlock_that_is_not_whole() -> None:
    assert by_name(database.interlock())["interlock"].state is State.WELL
    connection.check_constraints()
    guard.remove(connection)

    found = by_name(database.interlock())["interlock"]
    assert found.state is State.WRONG
    assert "nothing is switched on" in found.said
