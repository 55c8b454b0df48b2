"""An independent reader: a connection of its own that looks, again and again, whether a breaker is over its limit."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from tests.faults.place import Place

CIRCUITS = """
    WITH RECURSIVE fed(appliance_id, circuit_id) AS (
        SELECT id, circuit_id FROM appliances_appliance WHERE is_on
        UNION ALL
        SELECT fed.appliance_id, circuit.parent_id
        FROM fed JOIN appliances_circuit circuit ON circuit.id = fed.circuit_id WHERE circuit.parent_id IS NOT NULL
    )
    SELECT circuit.id, circuit.load_mw, circuit.limit_mw, COALESCE(SUM(appliance.rated_mw), 0)
    FROM appliances_circuit circuit
    LEFT JOIN fed ON fed.circuit_id = circuit.id
    LEFT JOIN appliances_appliance appliance ON appliance.id = fed.appliance_id
    GROUP BY circuit.id, circuit.load_mw, circuit.limit_mw
"""
"""One statement, so one moment: what is noted, what may be, and the sum of what is on."""

Rows = list[tuple[Any, ...]]
AWAY = (sqlite3.OperationalError, psycopg.OperationalError)


@contextmanager
def looking(place: Place) -> Iterator[Callable[..., Rows]]:
    """Ask the database of a place past the product."""
    if "DATABASE_URL" in place.more:
        with psycopg.connect(place.more["DATABASE_URL"], autocommit=True, connect_timeout=5) as server:
            yield lambda sql, *values: server.execute(sql.replace("?", "%s"), values).fetchall()
    else:
        with closing(sqlite3.connect(place.file, timeout=30, isolation_level=None)) as file:
            yield lambda sql, *values: file.execute(sql, values).fetchall()


class Reader:
    """Looks the whole time between `with` and its end; `wrong` is what must never have been."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.looks = 0
        self.most = 0.0
        """The highest share of a limit that was seen: the checks are worth something where it is near 1."""
        self.wrong: Rows = []

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with looking(self._place) as ask:
                    while not self._stop.wait(0.004):
                        self._look(ask(CIRCUITS))
            except AWAY:
                self._stop.wait(0.1)

    def _look(self, rows: Rows) -> None:
        self.looks += 1
        self.wrong += [row for row in rows if not row[1] == row[3] <= row[2]]
        self.most = max(self.most, *(row[1] / row[2] for row in rows if row[2]))

    def assert_never_over(self) -> None:
        assert self.looks > 10
        assert self.wrong == []
        assert self.most > 0.5, "nothing was ever near a limit, so nothing was proved"


def revision(place: Place) -> int:
    with looking(place) as ask:
        return int(ask("SELECT revision FROM appliances_home WHERE id = ?", place.home["home_id"])[0][0])


def assert_whole(place: Place) -> None:
    with looking(place) as ask:
        assert ask("PRAGMA integrity_check") == [("ok",)]
        assert ask("PRAGMA foreign_key_check") == []
