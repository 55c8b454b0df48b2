"""The key that signs sessions: made once, kept in the data folder, readable by its owner only."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from voltsafe import env


def kept_in(path: Path) -> str:
    """The key in `path`; made first where there is none, whole or not at all."""
    try:
        if not path.exists():
            _make(path)
        key = path.read_text("ascii", errors="ignore").strip()
    except OSError as why:
        raise ImproperlyConfigured(f"Cannot keep the secret key in {path}: {why.strerror}.") from why
    if len(key) < env.SHORTEST:
        raise ImproperlyConfigured(f"{path} does not hold a secret key. Restore it, or delete it to sign everyone out.")
    return key


def _make(path: Path) -> None:
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where another process was first; whoever was first has made the key.
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
