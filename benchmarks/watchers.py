"""From a toggle's request to the frame at the last watcher, against a raw broadcast of the same bytes.

Whoever toggles and whoever speaks to the raw broadcast do it on a connection that is open already.
"""

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from typing import Any

from benchmarks import load, servers
from benchmarks.listening import Crowd, Listener
from benchmarks.reads import sign_in
from benchmarks.servers import Server

WATCHERS = (1, 50, 500)
MANY = {"VOLTSAFE_SOCKETS": "1000", "VOLTSAFE_SOCKETS_PER_PERSON": "1000", "VOLTSAFE_HANDSHAKES": "100000"}


def run(*, rounds: int, pushes: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        # More sockets of one person than anybody has.
        servers.voltsafe(folder, environment=MANY) as product,
        servers.raw("daphne") as daphne,
        servers.raw("ours") as ours,
        servers.raw("websockets") as library,
    ):
        controls = daphne, ours, library
        servers.furnish(product, 3)
        # As a browser: a token may have five sockets.
        product.socket_headers = {"Cookie": sign_in(product), "Origin": f"http://127.0.0.1:{product.port}"}
        frame = _one_frame(product)
        for watchers in WATCHERS:
            of: dict[str, list[dict[str, float]]] = {one.name: [] for one in (product, *controls)}
            for _ in range(rounds):
                of[product.name].append(_of_product(product, watchers, pushes))
                for one in controls:
                    of[one.name].append(_of_raw(one, watchers, pushes, frame))
            found[f"{watchers} watchers, {len(frame)} bytes"] = {
                name: {key: median(each[key] for each in lot) for key in lot[0]} for name, lot in of.items()
            }
    return found


def _one_frame(server: Server) -> str:
    """What a change of one lamp looks like on the wire."""
    listener = _open(server, "/ws/homes/home/")
    listener.text()
    server.ask("POST", server.toggle.format(server.appliances[0]), {"is_on": True})
    text = listener.text()
    listener.close()
    return text


def _of_product(server: Server, watchers: int, pushes: int) -> dict[str, float]:
    toggles, turns = load.post_toggle(server, clients=len(server.appliances)), count()
    with load.line(server) as ask:

        @contextlib.contextmanager
        def cause() -> Iterator[None]:
            answer = ask(toggles(1, next(turns)))
            yield
            answer()

        return _measure(server, "/ws/homes/home/", watchers, 2 * (pushes // 2), cause, greets=True)


def _of_raw(server: Server, watchers: int, pushes: int, frame: str) -> dict[str, float]:
    speaker = _open(server, "/say")

    @contextlib.contextmanager
    def cause() -> Iterator[None]:
        speaker.say(frame)
        yield

    try:
        return _measure(server, "/", watchers, pushes, cause, greets=False)
    finally:
        speaker.close()


def _measure(
    server: Server,
    path: str,
    watchers: int,
    pushes: int,
    cause: Callable[[], contextlib.AbstractContextManager[None]],
    *,
    greets: bool,
) -> dict[str, float]:
    at_rest = server.memory()
    crowd = Crowd(_open(server, path) for _ in range(watchers))
    for one in crowd.listeners if greets else ():
        one.text()
    grown, took, cpu = server.memory() - at_rest, [], server.cpu()
    for _ in range(pushes):
        # Beyond the time in which changes are gathered into one frame.
        time.sleep(0.1)
        began = time.perf_counter()
        with cause():
            crowd.hear()
            took.append(time.perf_counter() - began)
    cpu = server.cpu() - cpu
    crowd.close()
    time.sleep(0.5)
    return {
        "last_ms": 1000 * median(took),
        "cpu_ms_each_frame": 1000 * cpu / (pushes * watchers),
        "kib_each_watcher": 1024 * grown / watchers,
    }


def _open(server: Server, path: str) -> Listener:
    return Listener(server.port, path, server.socket_headers)


if __name__ == "__main__":
    print(json.dumps(run(rounds=1, pushes=5), indent=2))
