"""The secret key in a backup: without it nobody's authenticator app or recovery code lets them in after a restore."""

import hmac
import os
from pathlib import Path

from django.conf import settings

from voltsafe import env
from voltsafe.backups import archive, manifest

NAME = "VOLTSAFE_SECRET_KEY"
OTHER = (
    "people sign in again, and who has an authenticator app or recovery codes needs "
    "`manage.py resetpassword NAME --without-second-factor`."
)


def fingerprint(key: str) -> str:
    """Tells whether two keys are the same, and nothing else of them."""
    return hmac.digest(key.encode(), b"voltsafe backup", "sha256").hex()[:16]


def put_back(key: str, wanted: str) -> str:
    """Have the key of the backup from the next start on, where that is ours to do; what else there is to do is said.

    `wanted` is the fingerprint of the key under which the backup was made.
    """
    if wanted == fingerprint(settings.SECRET_KEY):
        return ""
    if not key:
        return f"It was made under another secret key, which it does not hold. Set {NAME} to that; otherwise {OTHER}"
    if env.text(NAME):
        return f"It was made under another key than {NAME}. Set that to its member {manifest.KEY}; otherwise {OTHER}"
    _write(Path(settings.DATA_DIR, "secret-key"), key)
    return "Its secret key is in place too."


def _write(path: Path, key: str) -> None:
    mine = path.with_name(f"{path.name}.restoring")
    mine.unlink(missing_ok=True)
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    mine.replace(path)
    archive.flush_folder(path.parent)
