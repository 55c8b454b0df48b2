"""A PostgreSQL that does not answer is given up, its connection with it; what may take long is waited for."""

import socket

import pytest
from django.db import OperationalError, connection, connections
from psycopg import Connection

from appliances.interlock.postgresql import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setattr(base.Patient, "patience", 0.05)


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_does_not_come_ends_the_connection_and_the_next_one_works() -> None:
    with connection.cursor() as cursor, pytest.raises(OperationalError, match="did not answer within"):
        cursor.execute("SELECT pg_sleep(0.5)")

    assert connection.connection.closed
    assert not connection.is_usable()
    connection.close()
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.usefixtures("impatient")
def test_a_migration_is_waited_for() -> None:
    connection.ensure_connection()
    connection.let_it_take_its_time()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2), current_setting('statement_timeout')")
        assert cursor.fetchone()[1] == "0"
    connection.close()


@pytest.mark.usefixtures("impatient")
def test_so_is_whoever_makes_and_drops_databases() -> None:
    with connection._nodb_cursor() as cursor:
        assert cursor.execute("SELECT pg_sleep(0.2)::text").fetchone() == ("",)


def test_the_server_says_it_first() -> None:
    with connections["default"].cursor() as cursor:
        limits = [cursor.execute(f"SHOW {name}").fetchone()[0] for name in ("lock_timeout", "statement_timeout")]

    assert limits == ["5s", "5500ms"]
    assert base.PATIENCE > 5.5


def test_the_server_looks_whether_we_are_there() -> None:
    """Or it would keep the connections that were given up while nothing came through, and run out of them."""
    names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
    with connections["default"].cursor() as cursor:
        settings = [cursor.execute(f"SHOW {name}").fetchone()[0] for name in names]

    assert settings == ["10", "5", "3", "25000"]


def test_a_server_that_takes_connections_and_says_nothing_is_not_asked_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[int] = []

    def connect(**given: object) -> object:
        tries.append(1)
        return Connection.connect(**given)

    monkeypatch.setattr(base.Patient, "connect", connect)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        elsewhere = {"HOST": "127.0.0.1", "PORT": silent.getsockname()[1]}
        settings = {**connection.settings_dict, **elsewhere}
        settings["OPTIONS"] = {**settings["OPTIONS"], "connect_timeout": 2}
        stalled = base.DatabaseWrapper(settings, "stalled")
        try:
            with pytest.raises(OperationalError, match="timeout expired"):
                stalled.ensure_connection()
            with pytest.raises(OperationalError, match="did not answer a moment ago"):
                stalled.ensure_connection()
        finally:
            base.DatabaseWrapper._silent_until = 0.0

    assert len(tries) == 1
