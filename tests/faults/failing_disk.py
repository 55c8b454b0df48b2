"""A disk of a test's own that fails: the system finds an error on it and takes no more writes, as on a worn-out card.

What is open stays open, and everything can be read. It is repaired as any disk is: taken off, looked through, put back.
(A system refuses to put a disk on read-only by hand as long as a file on it is open for writing.)
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.scale import until

MEGABYTES = 48
REPAIRED = 1
"""With which the program ends that found something and mended it."""


class FailingDisk:
    def __init__(self, image: Path, folder: Path) -> None:
        self._image, self._folder = image, folder
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(MEGABYTES * 2**20)
        _must("mkfs.ext4", "-q", "-F", str(image))
        self.put_on()

    def put_on(self) -> None:
        _must("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self._folder))
        self._folder.chmod(0o700)

    def take_off(self) -> None:
        _must("umount", str(self._folder))
        until(lambda: not _must("losetup", "-j", str(self._image)), within=10, what="nobody has the disk any more")

    def fails(self) -> None:
        # As the system does every few seconds: so pages of memory that are files are written, and guarded again.
        _must("sync", "-f", str(self._folder))
        device = Path(_must("findmnt", "-no", "SOURCE", str(self._folder)).strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("a test")

    def repair(self) -> None:
        self.take_off()
        assert (
            subprocess.run(["e2fsck", "-fp", str(self._image)], capture_output=True, check=False).returncode <= REPAIRED
        )
        self.put_on()


def _must(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


@contextmanager
def failing_disk(image: Path, folder: Path) -> Iterator[FailingDisk]:
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("only root makes a disk, with e2fsprogs")
    disk = FailingDisk(image, folder)
    try:
        yield disk
    finally:
        disk.take_off()
