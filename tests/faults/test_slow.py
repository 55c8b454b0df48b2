"""A socket that never reads, and a home that is slow to read, beside many others: these are told as ever."""

import base64
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults import looking, place, unlucky
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.place import Place, Running
from tests.faults.scale import TORTURE, until

CHANGES = 8 * TORTURE
DROPPED_WITHIN = 40.0
"""Seconds: a ping every ten, and ten for its answer; the machine of a test may be busy."""

MORE_MEMORY = 50.0
"""MiB that one who does not read may cost."""

ESTABLISHED = "01"


@contextmanager
def never_reading(web: Running, slug: str, token: str) -> Iterator[int]:
    """A socket that was opened and then forgotten, with as little room as can be; its own port."""
    with socket.socket() as forgotten:
        forgotten.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        forgotten.connect(("127.0.0.1", web.port))
        lines = [
            f"GET /ws/api/v1/homes/{slug}/ HTTP/1.1",
            f"Host: 127.0.0.1:{web.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            f"Authorization: Bearer {token}",
        ]
        forgotten.sendall("\r\n".join([*lines, "", ""]).encode())
        assert forgotten.recv(12) == b"HTTP/1.1 101"
        yield int(forgotten.getsockname()[1])


def is_connected(web: Running, port: int) -> bool:
    """Whether the server still holds the connection from there."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, remote, state = line.split()[1:4]
        if (local[-4:], remote[-4:], state) == (f"{web.port:04X}", f"{port:04X}", ESTABLISHED):
            return True
    return False


def test_one_that_never_reads_costs_the_others_nothing_and_is_dropped(
    flat: Place, figure: Callable[[str], None]
) -> None:
    with place.serving(flat) as web, Followers(flat, [web.port], 60) as followers:
        with living(flat, [web.port]) as people:
            people.after(20)
            before = web.memory()
            with never_reading(web, flat.home["slug"], flat.home["tokens"][0]) as port:
                assert is_connected(web, port)
                took = until(lambda: not is_connected(web, port), within=DROPPED_WITHIN, what="it is dropped")
                more = web.memory() - before
        caught_up = followers.current(looking.revision(flat))

    assert more < MORE_MEMORY
    assert set(followers.opened) == {1}
    figure(
        f"17 never reads: dropped after {took:.0f} s, {more:+.1f} MiB meanwhile; {len(followers.shown)} others stayed, "
        f"current {caught_up:.1f} s after the last of {len(people.told)} answers"
    )


def test_a_slow_home_keeps_no_other_waiting(flat: Place, figure: Callable[[str], None]) -> None:
    slow = flat.home["slow"]
    with (
        place.serving(flat, unlucky.serve("slow"), SLOW_HOME=str(slow["home_id"])) as web,
        Followers(flat, [web.port], 1, slug=slow["slug"], first_token=0) as waiting,
        Followers(flat, [web.port], 60) as followers,
    ):
        took = [push(web, flat, followers, on=number % 2 == 0) for number in range(CHANGES)]
        until(lambda: min(waiting.shown) > CHANGES, within=30, what="the slow home is shown in the end")

    middle = sorted(took)[len(took) // 2]
    assert middle < unlucky.SLOW_FOR / 2
    figure(
        f"17 slow query: a home whose reading takes {unlucky.SLOW_FOR:.0f} s, beside {len(followers.shown)} sockets of "
        f"another: told after {1000 * middle:.0f} ms (median of {CHANGES}), {1000 * max(took):.0f} ms at most"
    )


def push(web: Running, flat: Place, followers: Followers, *, on: bool) -> float:
    """Seconds from a change of the fast home to the last of its sockets, while the slow one is being read."""
    headers = {"Authorization": f"Bearer {flat.home['tokens'][0]}", "Content_Type": "application/json"}
    said = f'{{"is_on": {str(on).lower()}}}'
    assert web.ask("POST", f"/api/v1/appliances/{flat.home['slow']['lamp']}/toggle", said, **headers)[0] == 200
    began = time.monotonic()
    assert web.ask("POST", f"/api/v1/appliances/{flat.home['appliances'][0]}/toggle", said, **headers)[0] == 200
    followers.current(looking.revision(flat))
    return time.monotonic() - began
