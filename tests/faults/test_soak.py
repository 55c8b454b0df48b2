"""Switching, reading, coming and going without end: what the process holds stays as it was after a while."""

import time
from collections.abc import Callable

from tests.faults import looking, place
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.looking import Reader
from tests.faults.place import Place, Running
from tests.faults.scale import TORTURE, until

WARM_UP = 4 if TORTURE == 1 else 60
SECONDS = 8 * TORTURE
COMINGS = 5
"""Followers that come, see and leave, again and again."""

MORE_MEMORY = 12.0 if TORTURE == 1 else 30.0
"""MiB. SQLite keeps up to 2 MB of pages for each of thirteen connections, and has them once the file is as long."""


def held(web: Running) -> tuple[float, int, int]:
    """MiB, threads, and files, sockets and connections to the database that are open."""
    return web.memory(), web.threads(), web.open_files()


def test_what_it_holds_does_not_grow(flat: Place, figure: Callable[[str], None]) -> None:
    with (
        place.serving(flat) as web,
        Reader(flat) as reader,
        Followers(flat, [web.port], 10) as staying,
        living(flat, [web.port]) as people,
    ):
        came = use(web, flat, WARM_UP)
        before = held(web)
        came += use(web, flat, SECONDS)
        until(lambda: held(web)[2] <= before[2] + 2, within=15, what="who left is let go of")
        after = held(web)
        staying.current(looking.revision(flat))

    reader.assert_never_over()
    flat.assert_verified()
    assert after[0] - before[0] < MORE_MEMORY
    assert after[1] <= before[1] + 1
    figure(
        f"25 soak, {SECONDS} s: {len(people.told)} answers, {came} sockets came and went, {reader.looks} looks; "
        f"memory {before[0]:.1f} -> {after[0]:.1f} MiB, threads {before[1]} -> {after[1]}, "
        f"open files {before[2]} -> {after[2]}"
    )


def use(web: Running, flat: Place, seconds: float) -> int:
    """Sockets come and go and pages are read for so long; how many came."""
    came, until_then = 0, time.monotonic() + seconds
    slug, cookie, token = (flat.home[name] for name in ("slug", "session", "tokens"))
    while time.monotonic() < until_then:
        with Followers(flat, [web.port], COMINGS, first_token=0) as coming:
            assert web.ask("GET", f"/homes/{slug}/", Cookie=cookie)[0] == 200
            assert web.ask("GET", f"/api/v1/homes/{slug}/decisions", Authorization=f"Bearer {token[0]}")[0] == 200
            came += len(coming.shown)
    return came
