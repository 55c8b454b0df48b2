"""There is one version."""

import tomllib

from tests.serving.process import ROOT
from voltsafe.version import VERSION


def test_what_a_backup_says_of_its_version_is_what_the_project_says() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
