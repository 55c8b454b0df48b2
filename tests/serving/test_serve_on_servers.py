"""`manage.py serve` on PostgreSQL and Redis, as docker-compose runs it."""

import json
import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from websockets.sync.client import connect

from tests.forking.process import run
from tests.serving.process import COMMAND, READY, Serving, complaint, serving, started

pytestmark = [pytest.mark.processes, pytest.mark.postgres, pytest.mark.redis]

OWNER = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase", "VOLTSAFE_SAMPLE_HOME": "1"}

CONNECTIONS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def servers() -> Iterator[dict[str, str]]:
    """The environment of a server on an empty database of its own."""
    given = urlsplit(os.environ["DATABASE_URL"])
    name = f"serve_{uuid.uuid4().hex}"
    with psycopg.connect(given.geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield {"DATABASE_URL": given._replace(path=f"/{name}").geturl(), "REDIS_URL": os.environ["REDIS_URL"]}
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_serves_everywhere_and_a_second_start_finds_nothing_to_do(servers: dict[str, str], tmp_path: Path) -> None:
    with serving(tmp_path, HOST="0.0.0.0", **servers, **OWNER) as server:
        assert server.ask("/readyz").status == 200
        assert server.stop() == (0, "")
    with serving(tmp_path, HOST="0.0.0.0", **servers, **OWNER) as again:
        assert again.said == [f"{READY}http://127.0.0.1:{again.port}/"]


def test_two_machines_that_start_at_once_take_turns(servers: dict[str, str], tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
    with started(folders[0], **servers, **OWNER) as one, started(folders[1], **servers, **OWNER) as other:
        for server in (one, other):
            server.wait_for(READY)
            assert server.ask("/readyz").status == 200

    said = one.said + other.said
    assert said.count("Preparing the database ...") == 1
    assert sum("Made the account" in line for line in said) == 1


def test_a_wrong_password_is_said_in_one_line_without_it(servers: dict[str, str], tmp_path: Path) -> None:
    given = urlsplit(servers["DATABASE_URL"])
    host = f"{given.hostname}:{given.port or 5432}"
    wrong = given._replace(netloc=f"nobody:s3cret@{host}").geturl()
    said = complaint(tmp_path, **{**servers, "DATABASE_URL": wrong})

    assert "cannot be used" in said
    assert "s3cret" not in said


def test_every_thread_keeps_its_connection_and_gets_over_its_loss(servers: dict[str, str], served_once: Path) -> None:
    with serving(served_once, **servers, **OWNER) as server, psycopg.connect(servers["DATABASE_URL"]) as looking:

        def a_crowd_asks() -> set[int]:
            with ThreadPoolExecutor(20) as crowd:
                # A session that is not there is looked for in the database.
                session = "voltsafe_session=none"
                statuses = list(crowd.map(lambda _: server.ask("/", Cookie=session).status, range(100)))
            assert statuses == [302] * 100
            found = looking.execute(CONNECTIONS).fetchall()
            looking.commit()
            return {pid for (pid,) in found}

        kept = a_crowd_asks()
        assert len(kept) <= 9
        assert a_crowd_asks() >= kept
        for pid in kept:
            looking.execute("SELECT pg_terminate_backend(%s)", [pid])
        looking.commit()
        assert a_crowd_asks().isdisjoint(kept)


def test_a_socket_on_which_nothing_happens_stays_open(servers: dict[str, str], served_once: Path) -> None:
    """With redis-py 8 it was dropped after about six seconds; the first heartbeat comes after ten."""
    with serving(served_once, **servers, **OWNER) as server:
        url = f"ws://127.0.0.1:{server.port}/ws/api/v1/homes/home/"
        with connect(url, additional_headers={"Authorization": f"Bearer {a_token(server)}"}) as socket:
            kinds = [json.loads(socket.recv(timeout=30))["type"] for _ in range(2)]

    assert kinds == ["state", "heartbeat"]


def test_is_ready_while_a_home_is_watched(servers: dict[str, str], served_once: Path) -> None:
    with serving(served_once, **servers, **OWNER) as server:
        url = f"ws://127.0.0.1:{server.port}/ws/api/v1/homes/home/"
        with connect(url, additional_headers={"Authorization": f"Bearer {a_token(server)}"}) as socket:
            socket.recv(timeout=30)
            assert server.ask("/readyz").status == 200


def a_token(server: Serving) -> str:
    return run([*COMMAND[:-1], "token", "ada"], env=server.environment, check=True).stdout.strip()
