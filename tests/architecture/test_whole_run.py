"""`.ci/run` leaves no test out: what has a step of its own stands where that step looks for it."""

import re

import pytest

from tests.forking.process import ROOT


@pytest.mark.parametrize("marker", ["browser", "faults"])
def test_a_step_of_its_own_looks_wherever_its_tests_are(marker: str) -> None:
    (line,) = re.findall(rf"-m {marker} (tests.*)", (ROOT / ".ci/run").read_text())
    folders = [ROOT / name for name in line.split()]
    marked = [path for path in (ROOT / "tests").rglob("*.py") if f"mark.{marker}" in path.read_text()]

    assert marked
    assert [path for path in marked if not set(folders) & set(path.parents)] == []


def test_the_others_look_everywhere() -> None:
    """In all of `tests`, for everything but those."""
    on_servers = re.findall(r'-m "(not .*)"(.*)', (ROOT / ".ci/run").read_text())
    without = re.findall(r'-m "(not .*?)" (.*)', (ROOT / "Makefile").read_text())

    assert on_servers == [("not browser and not faults", "")]
    assert without == [("not faults", "$(PYTEST)")]
