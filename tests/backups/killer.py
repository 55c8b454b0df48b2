"""A process that makes others of itself, each of which does one thing to a database and is killed in the middle of it.

Making them of one that has loaded everything takes a tenth of what starting them would.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from voltsafe import startup, static_files
from voltsafe.backups import keys, making, restoring

FILES = {"os.rename", "os.link", "os.remove"}
"""What Python tells its auditors before it does it."""


def back_up(path: str) -> None:
    making.make(Path(path), now=datetime.now(UTC), with_key=True)


def restore(path: str) -> None:
    restoring.restore(Path(path), replace=True, despite_differences=False, say=lambda _line: None)


def start(_path: str) -> None:
    startup.prepare(lambda _line: None)


DEEDS: dict[str, Callable[[str], None]] = {"back up": back_up, "restore": restore, "start": start}


class Count:
    """Of what is done to the database and to files; kills when it comes to the number."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.done = kill_at, 0

    def step(self) -> None:
        self.done += 1
        if self.done == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        # What Python keeps of a module that it has just compiled, it keeps once.
        if event in FILES and "__pycache__" not in str(arguments[0]):
            self.step()


def do(deed: str, path: str, kill_at: int) -> int:
    """How many steps it took, if it came to its end."""
    count = Count(kill_at)
    static_files.collect = lambda _say: None
    keys.put_back = counted(count, keys.put_back)
    CursorWrapper.execute = counted(count, CursorWrapper.execute)
    CursorWrapper.executemany = counted(count, CursorWrapper.executemany)
    sys.addaudithook(count.audit)
    DEEDS[deed](path)
    return count.done


def counted(count: Count, done: Callable[..., Any]) -> Callable[..., Any]:
    def do_it(*given: Any) -> Any:
        count.step()
        return done(*given)

    return do_it


def serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            settings.DATA_DIR = Path(order["folder"])
            connection.settings_dict["NAME"] = order["name"]
            os.write(writing, str(do(order["deed"], order["path"], order["kill_at"])).encode())
            os._exit(0)
        os.close(writing)
        _pid, status = os.waitpid(child, 0)
        with os.fdopen(reading) as told:
            steps = int(told.read() or 0)
        how = os.waitstatus_to_exitcode(status)
        print(json.dumps({"how": how, "steps": steps}), flush=True)  # noqa: T201
