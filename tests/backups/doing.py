"""Backing up and restoring in a test, and what is in a backup."""

import zipfile
from pathlib import Path

from django.utils import timezone

from tests.backups.installation import let_go
from voltsafe.backups import making, restoring
from voltsafe.backups.restoring import Restored


def backed_up(path: Path, *, with_key: bool = True) -> Path:
    return making.make(path, now=timezone.now(), with_key=with_key).path


def restored(path: Path, *, replace: bool = True, despite_differences: bool = False) -> Restored:
    let_go()
    return restoring.restore(path, replace=replace, despite_differences=despite_differences, say=lambda _line: None)


def held(path: Path) -> dict[str, list[bytes]]:
    """The rows in it, in any order."""
    with zipfile.ZipFile(path) as opened:
        return {name: sorted(opened.read(name).splitlines()) for name in opened.namelist() if name.startswith("rows/")}
