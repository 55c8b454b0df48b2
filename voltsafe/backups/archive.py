"""The file of a backup: one zip, whole under its name or not there at all, and checked whole before it is believed."""

import fcntl
import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from voltsafe.backups import manifest
from voltsafe.backups.manifest import CannotRestore, Manifest

PART = ".part"
PIECE = 256 * 1024
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
"""A zip knows no earlier one; the manifest tells when it was made."""


class CannotBackUp(Exception):
    """Why, and what to do about it. No file was left behind."""


class Writer:
    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self.sha256: dict[str, str] = {}

    def add(self, name: str, blocks: Iterable[bytes]) -> int:
        """How many lines it has."""
        digest, lines = hashlib.sha256(), 0
        with self._zip.open(_entry(name), "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                digest.update(block)
                lines += block.count(b"\n")
        self.sha256[name] = digest.hexdigest()
        return lines

    def finish(self, made: Manifest) -> None:
        self._zip.writestr(_entry(manifest.NAME), made.text())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, OLDEST_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """A file beside it, which gets its name once all of it is on the disk. Raises CannotBackUp."""
    if path.exists():
        raise CannotBackUp(f"{path} is there already, and no backup is written over. Name another file, or a folder.")
    part = path.with_name(path.name + PART)
    try:
        with _taken(part) as file:
            try:
                with zipfile.ZipFile(file, "w") as opened:
                    yield Writer(opened)
                file.flush()
                os.fsync(file.fileno())
                _name(part, path)
            finally:
                part.unlink(missing_ok=True)
    except BlockingIOError as why:
        raise CannotBackUp(f"Another backup to {path} is under way.") from why
    except OSError as why:
        raise CannotBackUp(
            f"The backup {path} cannot be written: {why.strerror}. Nothing was left behind. "
            "Make room there, or name another place."
        ) from why


@contextmanager
def _taken(part: Path) -> Iterator[IO[bytes]]:
    """What a killed one has left is written anew; what another is writing is not touched."""
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fchmod(file.fileno(), 0o600)
        file.truncate()
        yield file


def clear(folder: Path, prefix: str) -> None:
    """Away with what killed ones have left in it; what is being written stays, and what is not ours."""
    for part in folder.glob(f"{prefix}*.zip{PART}"):
        with suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def _name(part: Path, path: Path) -> None:
    try:
        # Unlike a renaming, a link never takes the place of what has come meanwhile.
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as that of a memory stick
        part.rename(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Names are on the disk once their folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Reader:
    """A backup in which everything is as it was written."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self.manifest = manifest.read(opened.read(manifest.NAME))
        self._check()

    def blocks(self, table: str) -> Iterator[bytes]:
        with self._zip.open(manifest.member(table)) as member:
            while block := member.read(PIECE):
                yield block

    def lines(self, table: str) -> Iterator[bytes]:
        with self._zip.open(manifest.member(table)) as member:
            yield from member

    def key(self) -> str:
        """The secret key, where it is inside."""
        return self._zip.read(manifest.KEY).decode() if manifest.KEY in self.manifest.sha256 else ""

    def _check(self) -> None:
        wanted = {manifest.member(table) for table in self.manifest.tables} | {manifest.NAME}
        there = set(self._zip.namelist())
        if there - {manifest.KEY} != wanted or there != {*self.manifest.sha256, manifest.NAME}:
            raise CannotRestore("It is damaged: it does not hold what its manifest says. Take another one.")
        for name, told in self.manifest.sha256.items():
            digest = hashlib.sha256()
            with self._zip.open(name) as member:
                while block := member.read(PIECE):
                    digest.update(block)
            if digest.hexdigest() != told:
                raise CannotRestore(f"It is damaged: {name} is not what was written (SHA-256). Take another one.")


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Raises CannotRestore, before anything else happens, unless every checksum holds."""
    try:
        found = zipfile.ZipFile(path)
    except OSError as why:
        raise CannotRestore(f"It cannot be read: {why.strerror}.") from why
    except Exception as why:
        raise CannotRestore("It is no backup of VoltSafe, or only a part of one. Take another one.") from why
    with found:
        yield _checked(found)


def manifest_of(path: Path) -> Manifest:
    """What it says of itself, unchecked. Raises CannotRestore."""
    try:
        with zipfile.ZipFile(path) as found:
            return manifest.read(found.read(manifest.NAME))
    except CannotRestore:
        raise
    except Exception as why:
        raise CannotRestore(f"{path} is no backup of VoltSafe, or damaged: {why}.") from why


def _checked(found: zipfile.ZipFile) -> Reader:
    try:
        return Reader(found)
    except CannotRestore:
        raise
    except Exception as why:  # what is damaged may trip the library anywhere
        raise CannotRestore(f"It is damaged: {why}. Take another one.") from why
