"""What the scenarios share, and one line for each of them at the end of a run: what was done, what was seen."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import place
from tests.faults.place import Place
from tests.faults.scale import TORTURE
from tests.faults.swallowing import Network, own_network

HERE = Path(__file__).parent
FIGURE = "figure"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.processes)
            item.add_marker(pytest.mark.timeout(120 + 120 * TORTURE))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    said = [
        str(text)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, text in report.user_properties
        if name == FIGURE
    ]
    if said:
        terminalreporter.section("what the faults did")
    for text in sorted(said):
        terminalreporter.line(text)


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what was done and seen; the log of the run has it."""
    return lambda text: record_property(FIGURE, text)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A furnished home on SQLite, made once a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "furnished"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "told.json"
        if not told.exists():
            told.write_text(json.dumps(place.furnished(folder).home))
    return Place(folder, json.loads(told.read_text()))


@pytest.fixture
def flat(template: Place, tmp_path: Path) -> Place:
    """A copy of it for one test."""
    return place.copied(template, tmp_path)


@pytest.fixture
def network() -> Iterator[Network]:
    with own_network() as network:
        yield network
