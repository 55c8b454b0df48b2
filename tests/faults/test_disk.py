"""SQLite's file locked by another program, its disk full, every write refused: it waits or says so, and resumes."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults import looking, place
from tests.faults.followers import Followers
from tests.faults.household import Household, living
from tests.faults.place import Place, Running
from tests.faults.scale import RIGHT_AGAIN, TORTURE, until

LOCKED_FOR = 7 if TORTURE == 1 else 10
"""Seconds; a request waits five for everything."""

TOLD_WITHIN = 6.9
"""Seconds, with what a machine that has much to do adds; two waits were ten."""

ROUNDS = TORTURE


def test_locked_by_a_backup(flat: Place, figure: Callable[[str], None]) -> None:
    slowest = 0.0
    with place.serving(flat) as web, Followers(flat, [web.port], 10) as followers:
        with living(flat, [web.port], people=6) as people:
            for _ in range(ROUNDS):
                people.after(20)
                with closing(sqlite3.connect(flat.file, isolation_level=None, timeout=30)) as backup:
                    backup.execute("BEGIN IMMEDIATE")
                    before = looking.revision(flat)
                    time.sleep(LOCKED_FOR)
                    assert looking.revision(flat) == before, "nothing was granted past the lock"
                people.after(20, within=RIGHT_AGAIN)
        caught_up = followers.current(looking.revision(flat))

    flat.assert_verified()
    slowest = max(one.took for one in people.apologies)
    assert slowest < TOLD_WITHIN
    figure(
        f"15 SQLite locked for {LOCKED_FOR} s, {ROUNDS} times: {len(people.apologies)} times 503 with Retry-After "
        f"after {slowest:.1f} s at most; "
        f"{len(people.told)} answers, 0 lost, 0 twice; sockets current after {caught_up:.1f} s"
    )


MEGABYTES = 6 + 6 * TORTURE
"""That the small disk has more than what lies on it: all that is decided while it is not full goes there."""


@pytest.fixture
def on_a_small_disk(template: Place, tmp_path: Path) -> Iterator[tuple[Place, bool]]:
    """The place, and whether its disk is a small one of its own: that takes rights which not every machine gives."""
    data = tmp_path / "data"
    data.mkdir()
    size = MEGABYTES + sum(file.stat().st_blocks * 512 for file in template.data.rglob("*")) // 2**20
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=700", "tmpfs", str(data)]
    is_small = bool(shutil.which("mount")) and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    shutil.copytree(template.data, data, dirs_exist_ok=True)
    try:
        yield Place(tmp_path, template.home), is_small
    finally:
        if is_small:
            subprocess.run(["umount", str(data)], check=True)


@contextmanager
def full(web: Running, flat: Place, *, is_small: bool) -> Iterator[str]:
    """Nothing is left of a small disk; where none may be made here, the system lets no file grow."""
    if not is_small:
        web.let_files_grow_to(0)
        yield "the database cannot be written"
        web.let_files_grow_to(-1)
        return
    rest = flat.data / "of somebody else"
    with rest.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield "the disk is full"
    rest.unlink()


def test_the_disk_is_full(on_a_small_disk: tuple[Place, bool], figure: Callable[[str], None]) -> None:
    flat, is_small = on_a_small_disk
    with place.serving(flat) as web, Followers(flat, [web.port], 10) as followers:
        with living(flat, [web.port]) as people:
            for _ in range(ROUNDS):
                people.after(20)
                with full(web, flat, is_small=is_small) as said:
                    refuses(web, flat, people, said)
                people.after(20, within=RIGHT_AGAIN)
                until(lambda: web.readiness()[0] == 200, within=RIGHT_AGAIN, what="it is ready again")
        caught_up = followers.current(looking.revision(flat))

    looking.assert_whole(flat)
    flat.assert_verified()
    where = "a small disk" if is_small else "by the system's limit"
    figure(
        f"15 disk full ({where}), {ROUNDS} times: {len(people.apologies)} times 503 with Retry-After, readyz said so; "
        f"{len(people.told)} answers, 0 lost, 0 twice; file whole; sockets current after {caught_up:.1f} s"
    )


def test_every_write_is_refused(flat: Place, figure: Callable[[str], None]) -> None:
    """As after an error of the disk, when the system goes on read-only: open files are there and take nothing."""
    with place.serving(flat) as web, Followers(flat, [web.port], 10) as followers:
        with living(flat, [web.port]) as people:
            for _ in range(ROUNDS):
                people.after(20)
                web.let_files_grow_to(0)
                refuses(web, flat, people, "the database cannot be written")
                reads(web, flat)
                web.let_files_grow_to(-1)
                people.after(20, within=RIGHT_AGAIN)
                until(lambda: web.readiness()[0] == 200, within=RIGHT_AGAIN, what="it is ready again")
        caught_up = followers.current(looking.revision(flat))

    looking.assert_whole(flat)
    flat.assert_verified()
    figure(
        f"15 every write refused by the system, {ROUNDS} times: {len(people.apologies)} times 503 with Retry-After, "
        f"readyz said so, pages could be read; {len(people.told)} answers, 0 lost, 0 twice; file whole; "
        f"sockets current after {caught_up:.1f} s"
    )


def refuses(web: Running, flat: Place, people: Household, said: str) -> None:
    """Nothing is granted, everybody is told so, and the one who looks whether it works is told why."""
    until(lambda: web.readiness()[1]["writing"] == said, within=RIGHT_AGAIN, what=said)
    assert web.readiness()[0] == 503

    def nobody_is_served() -> bool:
        before, so_far = looking.revision(flat), len(people.apologies)
        until(lambda: len(people.apologies) >= so_far + 8, within=RIGHT_AGAIN, what=people.trouble())
        return looking.revision(flat) == before

    # What still fits into the log that SQLite has from before is written, and is kept.
    until(nobody_is_served, within=RIGHT_AGAIN, what="that nothing is written any more")


def reads(web: Running, flat: Place) -> None:
    """With a token and a session that were never used before: there is a note to be made of each, which must wait."""
    slug, cookie, tokens = (flat.home[name] for name in ("slug", "session", "tokens"))
    assert web.ask("GET", f"/homes/{slug}/", Cookie=cookie)[0] == 200
    assert web.ask("GET", f"/api/v1/homes/{slug}/load", Authorization=f"Bearer {tokens[1]}")[0] == 200
