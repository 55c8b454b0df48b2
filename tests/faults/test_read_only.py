"""An error on SQLite's disk, after which the system takes no write to it; then it is repaired and put back.

In `test_disk` a write is refused by a limit that is lifted again. Here it is the file system that refuses, with what it
says then, for every file on it, to what is open and to what is opened.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import looking, place
from tests.faults.failing_disk import failing_disk
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.looking import Reader
from tests.faults.place import Place, Running
from tests.faults.scale import RIGHT_AGAIN, TORTURE, until
from tests.faults.test_disk import reads, refuses

ROUNDS = TORTURE


def test_the_system_goes_on_read_only(template: Place, tmp_path: Path, figure: Callable[[str], None]) -> None:
    flat, slowest, looks = Place(tmp_path, template.home), 0.0, 0
    with failing_disk(tmp_path / "disk", flat.data) as disk:
        shutil.copytree(template.data, flat.data, dirs_exist_ok=True)
        with (
            place.serving(flat) as web,
            Followers(flat, [web.port], 10) as followers,
            living(flat, [web.port]) as people,
        ):
            for _ in range(ROUNDS):
                with Reader(flat) as reader:
                    people.after(20)
                    # In the milliseconds in which ext4 gives up it calls writes safe that it loses (faults.md).
                    with people.at_rest():
                        disk.fails()
                    refuses(web, flat, people, "the database cannot be written")
                    reads(web, flat)
                reader.assert_never_over()
                looks += reader.looks
                cannot_start_again(web)
                disk.repair()
                began = time.monotonic()
                web.start()
                web.serving()
                people.after(20, within=RIGHT_AGAIN)
                followers.current(looking.revision(flat))
                until(lambda: web.readiness()[0] == 200, within=RIGHT_AGAIN, what="it is ready again")
                slowest = max(slowest, time.monotonic() - began)

        looking.assert_whole(flat)
        flat.assert_verified()
    assert slowest < RIGHT_AGAIN
    figure(
        f"15 the system goes on read-only after an error of the disk, {ROUNDS} times: {len(people.apologies)} times "
        f"503 with Retry-After, readyz said so, pages could be read, {looks} looks, none over a limit; disk repaired: "
        f"{len(people.told)} answers, 0 lost, 0 twice; file whole; all right {slowest:.1f} s after a new start"
    )


def cannot_start_again(web: Running) -> None:
    """Nor does it serve with what it could not prepare; it says why."""
    web.kill()
    web.start()
    assert web.process.wait(30)
    assert "VoltSafe cannot start." in web.said().splitlines()[-1], web.said()
