"""Processes, people and raw SQL, all of them writing the same home: no breaker is ever seen over its limit."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from tests.faults import place
from tests.faults.household import Household
from tests.faults.looking import Reader, looking
from tests.faults.own_postgres import USER, own_postgres
from tests.faults.place import Place
from tests.faults.scale import TORTURE
from tests.forking.process import Process

SECONDS = 4 * TORTURE


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if request.param == "SQLite":
        yield request.getfixturevalue("flat")
        return
    with own_postgres() as server:
        with psycopg.connect(server.past_the_network) as asking:
            # Outlaws lock in an order of their own. Looked for after a second each, deadlocks would take all the time.
            asking.execute(f"ALTER ROLE {USER} SET deadlock_timeout = '20ms'")
        yield place.furnished(tmp_path_factory.mktemp("on_postgresql"), DATABASE_URL=server.url)


@contextmanager
def writing(flat: Place, module: str, *arguments: str) -> Iterator[Process]:
    """A process that writes from when it says that it is ready until its input ends."""
    command = [sys.executable, "-m", module, *arguments]
    process = Process(command, env=flat.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip().strip('"') == "ready"
        yield process
    finally:
        process.kill()
        process.communicate(30)


def test_no_breaker_is_over_its_limit_at_any_moment(busy: Place, figure: Callable[[str], None]) -> None:
    with ExitStack() as stack:
        web = stack.enter_context(place.serving(busy))
        outlaws = [stack.enter_context(writing(busy, "tests.faults.outlaw", str(busy.home["home_id"]))) for _ in "ab"]
        services = [stack.enter_context(writing(busy, "tests.faults.switching")) for _ in "ab"]
        readers = [stack.enter_context(Reader(busy)) for _ in "ab"]
        with Household(busy, [web.port]) as people:
            time.sleep(SECONDS)
        done, refused = map(sum, zip(*map(report, outlaws), strict=True))
        switched = [report(process) for process in services]

    for reader in readers:
        reader.assert_never_over()
    people.assert_clean()
    answered = {one.revision for one in people.told if one.outcome == "granted"}
    answered |= {revision for told in switched for revision in told}
    with looking(busy) as ask:
        sql = "SELECT revision FROM appliances_decision WHERE home_id = ? AND outcome = 'granted'"
        assert answered <= {row[0] for row in ask(sql, busy.home["home_id"])}
    assert done
    assert refused
    engine = "PostgreSQL" if "DATABASE_URL" in busy.more else "SQLite"
    looks = sum(reader.looks for reader in readers)
    figure(
        f" 1 many writers, {engine}, {SECONDS} s: {len(people.told)} answers over HTTP, "
        f"{sum(map(len, switched))} changes by services of 2 processes, {done} raw and bulk writes done and {refused} "
        f"refused by the interlock or in a deadlock; {looks} looks of 2 readers, none over a limit; "
        f"{len(people.apologies)} times 503"
    )


def report(process: Process) -> list[int]:
    """What it says when it is told to end."""
    said, _nothing = process.communicate(timeout=60)
    return list(json.loads(said.splitlines()[-1]))
