"""The key that signs sessions: made once, by whoever is first, and nobody else's to read."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from voltsafe import secret_key

MAKE = """
import sys
from pathlib import Path
from voltsafe import secret_key
sys.stdin.readline()
print(secret_key.kept_in(Path(sys.argv[1])))
"""


def test_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = secret_key.kept_in(path)

    assert secret_key.kept_in(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    assert secret_key.kept_in(tmp_path / "one") != secret_key.kept_in(tmp_path / "other")


@pytest.mark.processes
def test_processes_that_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path / "key")]
    racers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()

    assert len({racer.communicate(timeout=60)[0] for racer in racers}) == 1
    assert all(racer.returncode == 0 for racer in racers)
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("content", ["", "short"])
def test_a_key_that_is_damaged_is_not_replaced_in_silence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)

    with pytest.raises(ImproperlyConfigured, match="does not hold a secret key"):
        secret_key.kept_in(path)
    assert path.read_text() == content


def test_a_key_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"\xff" * 80)

    with pytest.raises(ImproperlyConfigured, match="does not hold a secret key"):
        secret_key.kept_in(path)
