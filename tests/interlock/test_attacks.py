"""Every way we know to write past a limit in SQL; none may leave a home that breaks a rule, not even for a moment."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test import TransactionTestCase

from appliances.interlock import guard
from tests.interlock import attacks, attacks_on_postgresql, attacks_on_sqlite, house
from tests.interlock.attacks import Statement

RECORDS = [*attacks.WRONG_RECORDS, *attacks.WRONG_CHECKPOINTS]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def _two_homes(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Committed once, and not flushed: every attack is rolled back after it has been judged."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: None)
        house.build()
        assert house.broken_rules() == []
        yield
        house.clear()


def outcome_of(statements: tuple[Statement, ...]) -> Error | None:
    """How the database answered; what it then holds was found to be in order before it was rolled back."""
    pragmas = [sql for sql in statements if isinstance(sql, str) and sql.startswith("PRAGMA")]
    try:
        with connection.cursor() as cursor:
            for sql in pragmas:
                cursor.execute(sql)
        with transaction.atomic():
            error = _attempt([one for one in statements if one not in pragmas])
            assert house.broken_rules() == []
            transaction.set_rollback(True)
    finally:
        connection.close()
    return error


def _attempt(statements: list[Statement]) -> Error | None:
    # SQLite goes on after an error: what a refused statement leaves behind is to be seen.
    undo = transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext()
    try:
        with undo, connection.cursor() as cursor:
            for one in statements:
                sql, values = one if isinstance(one, tuple) else (one, None)
                cursor.execute(sql, values)
    except Error as error:
        return error
    return None


def assert_refused(statements: tuple[Statement, ...]) -> None:
    error = outcome_of(statements)
    assert error is not None
    assert guard.is_interlock_error(error), error


@pytest.mark.parametrize("statements", [*attacks.OVERLOADS, *attacks.WRONG_TREES, *RECORDS])
def test_is_refused(statements: tuple[Statement, ...]) -> None:
    assert_refused(statements)


@pytest.mark.parametrize("statements", attacks.WRONG_NUMBERS)
def test_is_refused_by_a_check_or_by_the_interlock(statements: tuple[Statement, ...]) -> None:
    assert isinstance(outcome_of(statements), IntegrityError)


@pytest.mark.sqlite
@pytest.mark.parametrize("statements", attacks_on_sqlite.REFUSED)
def test_is_refused_by_sqlite(statements: tuple[Statement, ...]) -> None:
    assert_refused(statements)


@pytest.mark.postgres
@pytest.mark.parametrize("statements", attacks_on_postgresql.REFUSED)
def test_is_refused_by_postgresql(statements: tuple[Statement, ...]) -> None:
    assert_refused(statements)


@pytest.mark.parametrize("statements", attacks.HARMLESS)
def test_is_accepted_and_the_loads_are_right(statements: tuple[Statement, ...]) -> None:
    assert outcome_of(statements) is None


@pytest.mark.sqlite
@pytest.mark.parametrize("statements", attacks_on_sqlite.HARMLESS)
def test_is_accepted_by_sqlite_and_the_loads_are_right(statements: tuple[Statement, ...]) -> None:
    assert outcome_of(statements) is None


@pytest.mark.postgres
@pytest.mark.parametrize("statements", attacks_on_postgresql.HARMLESS)
def test_is_accepted_by_postgresql_and_the_loads_are_right(statements: tuple[Statement, ...]) -> None:
    assert outcome_of(statements) is None


def test_the_refusal_names_the_breaker_on_postgresql_and_the_overload_on_both() -> None:
    error = outcome_of((f"{attacks.ON} WHERE id = {house.KETTLE}",))
    said = {
        "sqlite": "voltsafe: overload",
        "postgresql": "voltsafe: overload: circuit 1 would carry 1200 mW of 1000 mW",
    }
    assert str(error).splitlines()[0] == said[connection.vendor]


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["circuit", "appliance", "decision", "checkpoint"])
def test_truncate_is_refused_by_the_first_table_it_names(table: str) -> None:
    error = outcome_of((f"TRUNCATE appliances_{table}, appliances_appliance, appliances_home CASCADE",))
    assert str(error).startswith(f"voltsafe: appliances_{table} is never truncated")
