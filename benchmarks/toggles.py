"""Toggles of one home, each on the disk before it is answered, against the plain design, in turns, in one run."""

import tempfile
from typing import Any

from benchmarks import load, servers
from benchmarks.load import Figures

CLIENTS = (1, 10, 50)


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.voltsafe(f"{folder}/product") as product,
        servers.voltsafe(f"{folder}/uvicorn", under="uvicorn") as elsewhere,
        servers.plain(f"{folder}/plain") as control,
    ):
        for one in (product, elsewhere):
            servers.furnish(one, max(CLIENTS))
        contenders = (control, product, elsewhere)
        requests = {one.name: load.post_toggle(one) for one in contenders}
        for clients in CLIENTS:
            figures = {one.name: Figures() for one in contenders}
            for one in contenders:
                load.drive(one, requests[one.name], Figures(), clients=clients, seconds=1)
            for _ in range(rounds):
                for one in contenders:
                    load.drive(one, requests[one.name], figures[one.name], clients=clients, seconds=seconds)
            found[f"{clients} clients"] = {name: one.row() for name, one in figures.items()}
    return found
