"""Processes of their own on the database of the test, as they run in a home: nothing shared but the rows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import quote

from django.db import connection

from tests.forking.process import Process, run

START = "import django; django.setup(); from tests.races import worker; worker.serve()"


class Worker:
    """One process; what it says is waited for, so no test has to sleep."""

    def __init__(self) -> None:
        command = [sys.executable, "-W", "error", "-c", START]
        self._process = Process(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, orders: Any) -> None:
        assert self._process.stdin is not None
        print(json.dumps(orders), file=self._process.stdin, flush=True)

    def hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.endswith("\n"), f"the process said {line!r} and ended"
        return json.loads(line)

    def ask(self, **order: Any) -> Any:
        self.tell([order])
        return self.hear()[0]

    def kill(self) -> list[Any]:
        """kill -9. Returns what it had said by then, in whole lines."""
        assert self._process.stdout is not None
        self._process.kill()
        return [json.loads(line) for line in self._process.stdout.readlines() if line.endswith("\n")]

    def leave(self) -> None:
        self._process.communicate(timeout=30)


@contextmanager
def hired(many: int) -> Iterator[list[Worker]]:
    """So many processes, ready to be told."""
    with ExitStack() as stack:
        workers = []
        for _ in range(many):
            workers.append(Worker())
            stack.callback(workers[-1].leave)
        for worker in workers:
            assert worker.hear() == "ready"
        yield workers


def manage(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py` with these arguments, run to its end on the database of the test."""
    return run([sys.executable, "-W", "error", "manage.py", *arguments], env=environment(), check=False)


def environment() -> dict[str, str]:
    """The product's own settings, on the database of the test."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{at['NAME']}"
    else:
        login = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}"
        url = f"postgres://{login}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "voltsafe.settings", "DATABASE_URL": url}
