"""A data folder that has been served from once, for tests that are not about the first start, which is most of theirs.

The folder stays where it is, for its static files are collected anew where it has been moved.
"""

import shutil
from pathlib import Path

from tests.serving.process import serving

STATIC = ("static", "static.stamp")


class ServedOnce:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with serving(folder, VOLTSAFE_CONTROLLER="0") as server:
            server.stop()
        shutil.copytree(folder / "data", folder / "kept", ignore=shutil.ignore_patterns(*STATIC))

    def as_it_was(self) -> Path:
        for left in (self.folder / "data").iterdir():
            if left.is_dir() and left.name not in STATIC:
                shutil.rmtree(left)
            elif left.name not in STATIC:
                left.unlink()
        shutil.copytree(self.folder / "kept", self.folder / "data", dirs_exist_ok=True)
        return self.folder
