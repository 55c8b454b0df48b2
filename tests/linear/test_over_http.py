"""Clients of real servers, all at once: what each was answered could have been answered one after the other.

VOLTSAFE_TORTURE=20 asks twenty times as much.
"""

import os
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random, random
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.forking.process import run
from tests.linear.checking import differences
from tests.linear.clients import a_busy_home, client, record_of, wishes
from tests.linear.operations import AS_IT_WAS, DONE, SHOWN, Operation
from tests.linear.record import GRANTED, REFUSED
from tests.serving.process import COMMAND, Serving, serving

CLIENTS = 6
EACH = int(48 * float(os.environ.get("VOLTSAFE_TORTURE") or 1))

OWNER = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase"}
KEY = "what all servers behind one address sign with: the same, and long enough"

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120 + 4 * EACH)]


@pytest.fixture
def servers() -> Iterator[dict[str, str]]:
    """The environment of servers on an empty database of their own."""
    given = urlsplit(os.environ["DATABASE_URL"])
    name = f"linear_{uuid.uuid4().hex}"
    with psycopg.connect(given.geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield {"DATABASE_URL": given._replace(path=f"/{name}").geturl(), "REDIS_URL": os.environ["REDIS_URL"]}
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.sqlite
def test_one_server_on_sqlite(served_once: Path) -> None:
    with serving(served_once, **OWNER) as server:
        assert_one_after_the_other([server])


@pytest.mark.postgres
@pytest.mark.redis
def test_two_servers_on_one_postgresql(servers: dict[str, str], tmp_path: Path) -> None:
    with ExitStack() as stack:
        started: list[Serving] = []
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            started.append(stack.enter_context(serving(tmp_path / name, **servers, **OWNER, VOLTSAFE_SECRET_KEY=KEY)))
        assert_one_after_the_other(started)


def assert_one_after_the_other(servers: Sequence[Serving]) -> None:
    token = manage(servers[0], "token", "ada")
    with client(servers[0], token) as first:
        start = a_busy_home(first)

        def ask(number: int) -> list[Operation]:
            with client(servers[number % len(servers)], token) as asker:
                return [asker.does(wanted, key) for wanted, key in wishes(start, EACH, Random(random()))]

        with ThreadPoolExecutor(CLIENTS) as crowd:
            told = [one for each in crowd.map(ask, range(CLIENTS)) for one in each]
        record = record_of(first, since=start.revision)

    assert differences(start, told, record) == []
    kinds = Counter(one.answer.outcome for one in told if one.answer)
    assert kinds.keys() >= {GRANTED, REFUSED, AS_IT_WAS, DONE, SHOWN}, kinds
    assert kinds.total() == len(told), "every one was answered"
    assert manage(servers[0], "verify") == "Everything adds up."


def manage(server: Serving, *words: str) -> str:
    ended = run([*COMMAND[:-1], *words], env=server.environment, check=True)
    return ended.stdout.strip().splitlines()[-1]
