"""The backup before a migration that meets data: in the data folder, the newest few kept."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from voltsafe.backups import archive, making
from voltsafe.backups.making import Made
from voltsafe.backups.manifest import CannotRestore

FOLDER = "backups"
PREFIX = "before-upgrade-"
KEPT = 5
"""So many states are kept, each once: of a start that fails again and again only the last."""


def make(now: datetime) -> Made:
    """Without the secret key: that stays where it is, beside it. Raises CannotBackUp."""
    folder = Path(settings.DATA_DIR, FOLDER)
    folder.mkdir(mode=0o700, exist_ok=True)
    made = making.make(folder, now=now, with_key=False, prefix=PREFIX)
    _keep_the_newest(folder, made)
    return made


def _keep_the_newest(folder: Path, made: Made) -> None:
    states = {tuple(made.manifest.migrations)}
    for path in sorted(folder.glob(f"{PREFIX}*.zip"), reverse=True):
        if path == made.path:
            continue
        state = _state(path)
        if state in states or len(states) == KEPT:
            path.unlink()
        else:
            states.add(state)


def _state(path: Path) -> tuple[str, ...]:
    """The migrations in it; of one that cannot be read, its name, so that it is like no other."""
    try:
        return tuple(archive.manifest_of(path).migrations)
    except CannotRestore:
        return (path.name,)
