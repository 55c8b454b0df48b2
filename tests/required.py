"""A pytest plugin for whole runs: what they leave out, and what tests must not leave behind.

With VOLTSAFE_REQUIRE_ALL=1 a skipped test fails: what was not run was not proved. Tests of SQLite's own dialect
(`sqlite`) are left out on PostgreSQL: they have their turn in the run on SQLite. So have, in a whole run, those that
ask neither the database nor the channel layer, or are about the house and its pages (ABOUT_PAGES), and not marked
`everywhere`: on other servers they would prove the same thing again. That every page and operation can be read there
is for `test_nothing_is_done_by_looking` to show, which opens them all.
"""

import os
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

ALL = os.environ.get("VOLTSAFE_REQUIRE_ALL") == "1"
ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
MISSING = {
    "postgres": "" if ON_POSTGRESQL else "DATABASE_URL names no PostgreSQL",
    "redis": "" if os.environ.get("REDIS_URL") else "REDIS_URL is not set",
    "browser": "" if ALL else ".ci/run drives the browser; so does pytest tests/journeys",
}

ABOUT_PAGES = {"architecture", "web", "admin"}

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER and os.environ.get("REDIS_URL"):
    # Homes have the same numbers in every worker's database, so that on one Redis they would hear of each other.
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=WORKER.removeprefix("gw")).geturl()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if ON_POSTGRESQL:
        elsewhere = {item for item in items if item.get_closest_marker("sqlite") or (ALL and not _asks_servers(item))}
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]
    # The long ones first, so that none of them is left to the end, when the other workers have nothing more to do.
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("processes", "timeout")))
    for item in items:
        for marker, missing in MISSING.items():
            if missing and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=missing))


def _asks_servers(item: pytest.Item) -> bool:
    """Or leans on a program that the run on SQLite may have done without."""
    if item.get_closest_marker("everywhere"):
        return True
    return ABOUT_PAGES.isdisjoint(item.path.parts) and (
        any(item.get_closest_marker(name) for name in ("django_db", "postgres", "redis", "browser", "tools"))
        or not {"db", "transactional_db", "django_db_setup"}.isdisjoint(getattr(item, "fixturenames", ()))
        or "live" in item.path.parts
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    return _failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    return _failed_if_skipped((yield))


def _failed_if_skipped(report: Any) -> Any:
    if ALL and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be: {reason}"
    return report


@pytest.fixture(autouse=True, scope="session")
def _connections_of_threads() -> Iterator[list[BaseDatabaseWrapper]]:
    """Those that were opened outside the main thread: PostgreSQL drops no database that somebody is connected to."""
    opened: list[BaseDatabaseWrapper] = []
    connect = BaseDatabaseWrapper.connect

    def noted(connection: BaseDatabaseWrapper) -> None:
        if threading.current_thread() is not threading.main_thread():
            opened.append(connection)
        connect(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "connect", noted)
        yield opened


@pytest.fixture(autouse=True)
def _close_them(_connections_of_threads: list[BaseDatabaseWrapper]) -> Iterator[None]:
    yield
    while _connections_of_threads:
        connection = _connections_of_threads.pop()
        if connection.vendor == "sqlite":
            # Closed under a thread that uses it, it would end the process; so it goes when nobody has it any more.
            connection.connection = None
        else:
            _close(connection)


def _close(connection: BaseDatabaseWrapper) -> None:
    _wait_for(connection)
    connection.inc_thread_sharing()
    with suppress(DatabaseError):
        connection.close()
    connection.dec_thread_sharing()


def _wait_for(connection: BaseDatabaseWrapper) -> None:
    """A thread may outlive its test by what it was doing, and is cut off only where that does not end."""
    for _ in range(100):
        driver = connection.connection
        if driver is None or driver.closed or driver.info.transaction_status == TransactionStatus.IDLE:
            return
        time.sleep(0.02)
