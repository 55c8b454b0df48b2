"""`make run` on machines that lack something: one clear line, and nothing half made left behind."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.serving.process import ROOT, without_the_rights_of_root

pytestmark = pytest.mark.processes

NEW_ENOUGH_WITHOUT_VENV = '#!/bin/sh\n[ "$1" = -c ]\n'
TOO_OLD = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def make(checkout: Path, target: str, *, python: str = "") -> "subprocess.CompletedProcess[str]":
    """Run on a machine whose only Python is the script given, or that has none."""
    tools = checkout.parent / "bin"
    tools.mkdir()
    for name in ("make", "sh", "rm", "touch", "sed", "env"):
        os.symlink(str(shutil.which(name)), tools / name)
    if python:
        (tools / "python3").write_text(python)
        (tools / "python3").chmod(0o755)
    command = without_the_rights_of_root([str(tools / "make"), target])
    command[0] = shutil.which(command[0]) or command[0]
    return subprocess.run(
        command, cwd=checkout, env={"PATH": str(tools)}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("python", ["", TOO_OLD])
def test_without_a_python_that_is_new_enough(checkout: Path, python: str) -> None:
    ended = make(checkout, "run", python=python)

    assert ended.returncode != 0
    assert ended.stderr.splitlines()[0].startswith("VoltSafe needs Python 3.11 or newer")


def test_with_a_python_that_cannot_make_an_environment(checkout: Path) -> None:
    ended = make(checkout, "run", python=NEW_ENOUGH_WITHOUT_VENV)

    assert ended.returncode != 0
    assert "apt install python3-venv" in ended.stderr.splitlines()[0]
    assert not (checkout / ".venv").exists()


def test_in_a_folder_that_cannot_be_written(checkout: Path) -> None:
    checkout.chmod(0o500)
    ended = make(checkout, "run", python=NEW_ENOUGH_WITHOUT_VENV)

    assert ended.returncode != 0
    assert ended.stderr.splitlines()[0].endswith(f"which is read-only: {checkout}")


def test_help_lists_every_target(checkout: Path) -> None:
    listed = make(checkout, "help").stdout

    assert [line.split()[1] for line in listed.splitlines()] == [
        "help",
        "run",
        "test",
        "torture",
        "check",
        "cluster",
        "cluster-check",
        "lock",
        "matrix",
        "bench",
        "screenshots",
        "clean",
    ]
