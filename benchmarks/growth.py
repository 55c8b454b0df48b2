"""What a toggle costs in a home of ten, a hundred and a thousand appliances."""

import tempfile
from typing import Any

from benchmarks import load, servers
from benchmarks.load import Figures

APPLIANCES = (10, 100, 1000)
CLIENTS = 10


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for appliances in APPLIANCES:
        with tempfile.TemporaryDirectory() as folder, servers.voltsafe(folder) as server:
            servers.furnish(server, appliances, circuits=max(2, appliances // 20))
            figures = Figures()
            request = load.post_toggle(server)
            load.drive(server, request, Figures(), clients=CLIENTS, seconds=1)
            for _ in range(rounds):
                load.drive(server, request, figures, clients=CLIENTS, seconds=seconds)
            found[f"{appliances} appliances"] = figures.row()
    return {f"{CLIENTS} clients": found}
