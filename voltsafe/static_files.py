"""Static files under names that change with their content, compressed once and at a price a small computer can pay."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class QuickCompressor(Compressor):  # type: ignore[misc]
    """WhiteNoise's own takes brotli's slowest setting: seven seconds of the first start, for a tenth fewer bytes."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=5))


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002
        """Worked out once for each file, for it changes with the files alone: a tile asks for five."""
        if name is None or force:
            return str(super().url(name, force))
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]

    def create_compressor(self, **options: Any) -> Compressor:
        return QuickCompressor(**options)


def collect(say: Callable[[str], None]) -> None:
    """Where any has changed since the last time."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(exist_ok=True)
    if settings.DEBUG:
        return
    stamp = Path(settings.DATA_DIR, "static.stamp")
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    say("Collecting the static files ...")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
    stamp.write_text(fingerprint)


def _fingerprint() -> str:
    """Of names, sizes and times: what a change of any file changes, without reading them."""
    lines = [django.__version__, str(settings.STATIC_ROOT), settings.STORAGES["staticfiles"]["BACKEND"]]
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            lines.append(f"{name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
