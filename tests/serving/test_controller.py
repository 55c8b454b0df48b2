"""The controller as people run it: beside the server, or as a process of its own."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.forking.process import run
from tests.serving.process import BY_HAND, COMMAND, Serving, complaint, serving, started
from voltsafe import running

pytestmark = pytest.mark.processes

CONTROLLER = [*COMMAND[:-1], "controller"]


def told(server: Serving, *, late: bool) -> dict[str, Any]:
    """What /readyz says of the controller, once it says so."""
    for _ in range(200):
        said = json.loads(server.ask("/readyz").body)["controller"]
        if said["late"] == late:
            return dict(said)
        time.sleep(0.05)
    raise AssertionError(said)


def test_it_runs_beside_the_server_without_a_second_command(served_once: Path) -> None:
    with serving(served_once) as server:
        assert told(server, late=False)["said"] == "ok"
        code, said = server.stop()
    assert code == 0
    assert "Traceback" not in said


def test_left_out_it_is_missed_and_runs_in_a_process_of_its_own(served_once: Path) -> None:
    with serving(served_once, VOLTSAFE_CONTROLLER="0") as server:
        assert "no controller runs" in told(server, late=True)["said"]
        with started(served_once, CONTROLLER) as controller:
            controller.wait_for("The controller runs.")
            assert told(server, late=False)["ran_at"]
            assert controller.stop()[0] == 0
        assert server.ask("/readyz").status == 200


def test_one_tick_and_no_more(served_once: Path) -> None:
    with serving(served_once, VOLTSAFE_CONTROLLER="0") as server:
        once = run([*CONTROLLER, "--once"], env=server.environment, check=True)
        assert once.stdout == "0 homes were looked at.\n"
        assert not told(server, late=False)["late"]


def test_it_waits_for_a_database_that_is_prepared_and_says_so_once(tmp_path: Path) -> None:
    sign = tmp_path / "data/controller.ran"
    with started(tmp_path, CONTROLLER) as controller:
        controller.wait_for("The controller waits: the database is not prepared yet. `manage.py serve` prepares it.")
        assert not sign.exists()
        with serving(tmp_path, VOLTSAFE_CONTROLLER="0") as server:
            controller.wait_for("The controller runs.")
            assert told(server, late=False)["said"] == "ok"
        assert len(controller.said) == 2
        assert sign.exists()
        assert controller.stop() == (0, "")


def test_while_it_waits_it_can_be_stopped(tmp_path: Path) -> None:
    with started(tmp_path, [*BY_HAND[:-1], "controller"]) as controller:
        controller.wait_for("The controller waits")
        with override_settings(DATA_DIR=tmp_path / "data"), pytest.raises(running.Runs), running.alone():
            pass  # nothing is restored under its hands
        assert controller.stop() == (0, "")


def test_it_does_not_touch_a_database_that_is_newer(served_once: Path) -> None:
    with closing(sqlite3.connect(served_once / "data/voltsafe.sqlite3")) as newer, newer:
        newer.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('appliances', '9999_later', '2030')")
    said = complaint(served_once, CONTROLLER)
    assert said.startswith("The controller cannot start. The database ")
    assert "was written by a newer VoltSafe (it has appliances.9999_later)" in said


def test_it_gets_over_a_database_that_is_away_for_a_while(served_once: Path) -> None:
    database = served_once / "data/voltsafe.sqlite3"
    with serving(served_once, VOLTSAFE_CONTROLLER="0"), started(served_once, CONTROLLER) as controller:
        controller.wait_for("The controller runs.")
        with closing(sqlite3.connect(database)) as other:
            other.execute("ALTER TABLE appliances_heartbeat RENAME TO elsewhere")
            controller.wait_for("The controller cannot work: no such table")
            other.execute("ALTER TABLE elsewhere RENAME TO appliances_heartbeat")
        controller.wait_for("The controller works again.")
        assert controller.stop()[0] == 0
