"""A process that is forked from one that has loaded most of it is to be told from one that was started by nothing."""

import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.forking.process import ROOT, Process, run

pytestmark = pytest.mark.processes

SEEN = """
import json, os, sys, warnings
print(json.dumps([sys.argv, sys.path[0], os.getcwd(), dict(os.environ), sys.warnoptions, sorted(
    name for name in sys.modules if name.split(".")[0] in {"appliances", "voltsafe", "allauth"}
)]))
"""
GIVEN = {"PATH": "/bin", "NAME": "its own", "LC_CTYPE": "C.UTF-8"}


def started(command: list[str], env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


def forked(command: list[str], env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return run(command, env=env, check=False)


def told(ended: "subprocess.CompletedProcess[str]") -> Any:
    return ended.returncode, ended.stdout, ended.stderr.splitlines()[-1:]


@pytest.mark.parametrize(
    "arguments",
    [
        ["-c", SEEN, "a", "b"],
        ["-W", "error", "-c", SEEN],
        ["-c", "import sys; sys.exit('It cannot be.')"],
        ["-c", "1 / 0"],
        ["-W", "error", "-c", "import warnings; warnings.warn('Beware.')"],
        ["-c", "import atexit; atexit.register(print, 'the end')"],
        ["-c", "import os; os.kill(os.getpid(), 15)"],
        ["-m", "json.tool", "--nonsense"],
        ["manage.py", "nonsense"],
        ["-c", "print(input())"],
    ],
)
def test_it_sees_says_and_ends_as_if_it_had_been_started(arguments: list[str]) -> None:
    command = [sys.executable, *arguments]

    assert told(forked(command, GIVEN)) == told(started(command, GIVEN))


@pytest.mark.parametrize("make", [Process, subprocess.Popen])
def test_it_is_told_and_answers_and_is_ended_like_one(make: Callable[..., Any]) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = [sys.executable, "-c", "print('ready', flush=True); print(input()[::-1], flush=True); input()"]
    process = make(command, env=GIVEN, **pipes, **({"text": True} if make is subprocess.Popen else {}))
    assert (process.stdout.readline(), process.poll()) == ("ready\n", None)
    print("abc", file=process.stdin, flush=True)
    assert process.stdout.readline() == "cba\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)

    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert (process.wait(), process.poll()) == (-signal.SIGTERM, -signal.SIGTERM)
    process.kill()
