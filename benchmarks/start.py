"""From the process's start to ready, the first time and again, and its memory."""

import tempfile
import time
from typing import Any

from benchmarks import load, servers
from benchmarks.load import Figures


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("the first start", *(f"start {number}" for number in range(2, rounds + 2))):
            with servers.voltsafe(folder) as server:
                time.sleep(1)
                idle = server.memory()
                servers.furnish(server, 50) if not found else None
                if server.appliances:
                    load.drive(server, load.post_toggle(server), Figures(), clients=50, seconds=seconds)
                found[name] = {
                    "ready_seconds": server.ready_after,
                    "idle_mib": idle,
                    "after_load_mib": server.memory(),
                }
    return {"one process on SQLite": found}
