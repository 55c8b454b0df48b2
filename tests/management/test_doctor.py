"""`manage.py doctor`: in plain words or as JSON, and an exit code of 1 where something is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from appliances.services.doctor import examining
from appliances.services.doctor.finding import warning, well, wrong
from tests.forking.process import run
from tests.management.commands import said
from tests.serving.process import a_free_port, environment, serving

WELL = well("disk", "Full of room.")
DOUBTFUL = warning("proxies", "None is trusted.", "Trust one.")
ILL = wrong("clock", "It stands still.", "Wind it up.")


def found(monkeypatch: pytest.MonkeyPatch, *findings: object) -> None:
    monkeypatch.setattr(examining, "examine", lambda _now: list(findings))


def test_a_line_for_everything_and_one_for_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, WELL, DOUBTFUL)

    assert said("doctor").splitlines() == [
        "well     disk           Full of room.",
        "warning  proxies        None is trusted.",
        "                        -> Trust one.",
        "0 wrong, 1 to look at.",
    ]


def test_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, WELL)

    assert said("doctor").endswith("\nAll is well.\n")


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_what_is_wrong_ends_it_with_1(monkeypatch: pytest.MonkeyPatch, how: list[str]) -> None:
    found(monkeypatch, WELL, ILL)

    with pytest.raises(SystemExit) as ended:
        said("doctor", *how)
    assert ended.value.code == 1


def test_for_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, WELL, DOUBTFUL)
    told = json.loads(said("doctor", "--json"))

    assert told["well"] is True
    assert told["findings"][1] == {
        "name": "proxies",
        "state": "warning",
        "said": "None is trusted.",
        "do": "Trust one.",
    }


def doctor(given: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error", "manage.py", "doctor"]
    return run(command, env=given, check=False)


@pytest.mark.processes
def test_of_a_home_that_runs_all_is_well(served_once: Path) -> None:
    with serving(served_once) as server:
        seen = doctor(server.environment)
        # The controller beside the server writes that it runs a second after the start.
        while "Has never run" in seen.stdout:
            seen = doctor(server.environment)

    assert (seen.returncode, seen.stderr) == (0, "")
    assert seen.stdout.endswith("\nAll is well.\n")


@pytest.mark.processes
def test_where_nothing_was_started_yet_it_makes_no_database(tmp_path: Path) -> None:
    seen = doctor(environment(tmp_path))

    assert (seen.returncode, seen.stderr) == (1, "")
    assert "There is none yet at" in seen.stdout
    assert not (tmp_path / "data" / "voltsafe.sqlite3").exists()


@pytest.mark.processes
def test_with_servers_that_are_away_it_says_so_and_no_password(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{a_free_port()}"
    away = {"DATABASE_URL": f"postgres://ada:s3cret@{nowhere}/volts", "REDIS_URL": f"redis://:p4ssword@{nowhere}/0"}
    seen = doctor(environment(tmp_path, **away))

    assert (seen.returncode, seen.stderr) == (1, "")
    assert "2 wrong" in seen.stdout
    assert "s3cret" not in seen.stdout
    assert "p4ssword" not in seen.stdout


@pytest.mark.processes
def test_half_migrated_it_says_what_is_missing(tmp_path: Path) -> None:
    given = environment(tmp_path)
    command = [sys.executable, "-W", "error", "manage.py", "migrate", "-v0", "--skip-checks", "appliances", "0001"]
    run(command, env=given, check=True)
    seen = doctor(given)

    assert (seen.returncode, seen.stderr) == (1, "")
    assert "appliances.0002_interlock" in seen.stdout
    assert "wrong    interlock" in seen.stdout
