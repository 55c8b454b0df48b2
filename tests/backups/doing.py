"""Backing up and restoring in a test, and what is in a backup."""

import zipfile
from pathlib import Path

from django.utils import timezone

from tests.backups.installation import let_go
from voltsafe.backups import archive, making, manifest, restoring
from voltsafe.backups.restoring import Restored


def backed_up(path: Path, *, with_key: bool = True) -> Path:
    return making.make(path, now=timezone.now(), with_key=with_key).path


def restored(path: Path, *, replace: bool = True, despite_differences: bool = False) -> Restored:
    let_go()
    return restoring.restore(path, replace=replace, despite_differences=despite_differences, say=lambda _line: None)


def held(path: Path) -> dict[str, list[bytes]]:
    """The rows in it, in any order; without the lineages, which no restore brings back."""
    with zipfile.ZipFile(path) as opened:
        rows = {name: sorted(opened.read(name).splitlines()) for name in opened.namelist() if name.startswith("rows/")}
    columns = archive.manifest_of(path).tables[HOMES].columns
    if LINEAGE in columns:
        place, homes = columns.index(LINEAGE), manifest.member(HOMES)
        parted = [line.split(b"\t") for line in rows[homes]]
        rows[homes] = [b"\t".join(parts[:place] + parts[place + 1 :]) for parts in parted]
    return rows


HOMES, LINEAGE = "appliances_home", "lineage"


def lineages(path: Path) -> set[bytes]:
    """Of the homes in it."""
    place = archive.manifest_of(path).tables[HOMES].columns.index(LINEAGE)
    with zipfile.ZipFile(path) as opened:
        return {line.split(b"\t")[place] for line in opened.read(manifest.member(HOMES)).splitlines()}
