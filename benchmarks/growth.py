"""What a toggle costs in a home of ten, a hundred and a thousand appliances, in turns, in one run."""

import tempfile
from contextlib import ExitStack
from typing import Any

from benchmarks import load, servers
from benchmarks.load import Figures

APPLIANCES = (10, 100, 1000)
CLIENTS = 10


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    figures = {appliances: Figures() for appliances in APPLIANCES}
    with ExitStack() as open_:
        homes = {}
        for appliances in APPLIANCES:
            folder = open_.enter_context(tempfile.TemporaryDirectory())
            server = open_.enter_context(servers.voltsafe(folder))
            servers.furnish(server, appliances, circuits=max(2, appliances // 20))
            homes[appliances] = server, load.post_toggle(server)
            load.drive(*homes[appliances], Figures(), clients=CLIENTS, seconds=1)
        for _ in range(rounds):
            for appliances, home in homes.items():
                load.drive(*home, figures[appliances], clients=CLIENTS, seconds=seconds)
    return {f"{CLIENTS} clients": {f"{appliances} appliances": one.row() for appliances, one in figures.items()}}
