"""The controller as people run it: beside the server, or as a process of its own."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.serving.process import COMMAND, ROOT, Serving, serving, started

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


def test_it_runs_beside_the_server_without_a_second_command(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert told(server, late=False)["said"] == "ok"
        code, said = server.stop()
    assert code == 0
    assert "Traceback" not in said


def test_left_out_it_is_missed_and_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    with serving(tmp_path, VOLTSAFE_CONTROLLER="0") as server:
        assert "no controller runs" in told(server, late=True)["said"]
        with started(tmp_path, CONTROLLER) as controller:
            controller.wait_for("The controller runs.")
            assert told(server, late=False)["ran_at"]
            assert controller.stop()[0] == 0
        assert server.ask("/readyz").status == 200


def test_one_tick_and_no_more(tmp_path: Path) -> None:
    with serving(tmp_path, VOLTSAFE_CONTROLLER="0") as server:
        once = subprocess.run(
            [sys.executable, "manage.py", "controller", "--once"],
            cwd=ROOT,
            env=server.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert once.stdout == "0 homes were looked at.\n"
        assert not told(server, late=False)["late"]


def test_without_a_database_it_says_so_and_goes_on(tmp_path: Path) -> None:
    """There is nothing to read yet; once there is, it works."""
    with started(tmp_path, CONTROLLER) as controller:
        controller.wait_for("The controller runs.")
        controller.wait_for("The controller cannot work: no such table")
        with serving(tmp_path, VOLTSAFE_CONTROLLER="0") as server:
            assert told(server, late=False)["said"] == "ok"
        controller.wait_for("The controller works again.")
        assert controller.stop()[0] == 0
