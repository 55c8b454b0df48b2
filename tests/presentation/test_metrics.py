"""What /metrics prints is what Prometheus wants: read strictly here, and by its own tool where that is installed."""

import re
import shutil
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliances.presentation import metrics
from appliances.telemetry import figures
from tests.builders import a_home, an_appliance

pytestmark = pytest.mark.django_db(transaction=True)

BASE_UNITS = ("seconds", "bytes", "watts", "info")
NO_UNIT = {
    *("voltsafe_ready", "voltsafe_requests_in_progress", "voltsafe_sockets", "voltsafe_commit_turns", "voltsafe_homes"),
    *("voltsafe_appliances", "voltsafe_claims", "voltsafe_homes_needing_a_person"),
    *("voltsafe_process_threads", "voltsafe_process_open_fds", "voltsafe_process_max_fds"),
}
"""What is counted one by one."""


@pytest.fixture
def printed() -> str:
    an_appliance(a_home('The "mill"\\ by\nthe river'), "Lamp", watts=10, on=True)
    # One of every kind, so that nothing is printed for the first time in somebody's kitchen.
    figures.requests.add("page", "GET", "200")
    figures.request_time.observe(0.01, "page")
    figures.sockets_opened.add("html")
    figures.sockets_closed.add("html", "1001")
    return metrics.exposition().decode()


def test_every_family_is_ours_and_says_what_it_is(printed: str) -> None:
    for family in text_string_to_metric_families(printed):
        assert re.fullmatch(r"voltsafe_[a-z_]+", family.name), family.name
        assert family.documentation, family.name
        assert family.type in {"counter", "gauge", "histogram"}, family.name


def test_every_sample_stands_under_a_help_and_a_type(printed: str) -> None:
    told: dict[str, set[str]] = {"HELP": set(), "TYPE": set()}
    for line in printed.splitlines():
        if line.startswith("#"):
            _hash, kind, name, _text = line.split(" ", 3)
            assert name not in told[kind], f"{line} comes twice"
            told[kind].add(name)
        else:
            name = re.sub(r"_(bucket|sum|count)$", "", line.partition(" ")[0].partition("{")[0])
            assert name in told["HELP"] & told["TYPE"], line


def test_units_are_base_units_and_counters_end_in_total(printed: str) -> None:
    for line in printed.splitlines():
        if not line.startswith("# TYPE "):
            continue
        _hash, _type, name, kind = line.split()
        assert name.endswith("_total") == (kind == "counter"), name
        assert kind == "counter" or name.endswith(BASE_UNITS) or name in NO_UNIT, name


def test_every_figure_that_is_counted_is_printed(printed: str) -> None:
    for figure in (*figures.COUNTED, *figures.MEASURED, *figures.SPREAD):
        assert f"# TYPE {figure.name} " in printed


def test_no_figure_is_forgotten() -> None:
    listed = {*figures.COUNTED, *figures.MEASURED, *figures.SPREAD}

    assert listed == {one for one in vars(figures).values() if isinstance(one, figures.Figure)}


def test_buckets_rise_to_the_count(printed: str) -> None:
    for family in text_string_to_metric_families(printed):
        if family.type != "histogram":
            continue
        counts: dict[str, list[float]] = {}
        for sample in family.samples:
            rest = str({name: text for name, text in sample.labels.items() if name != "le"})
            if sample.name.endswith(("_bucket", "_count")):
                counts.setdefault(rest, []).append(sample.value)
        assert all(each == sorted(each) and each[-1] == each[-2] for each in counts.values()), family.name


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed; .ci/run has it")
def test_promtool_finds_nothing_to_say(printed: str) -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=printed, capture_output=True, text=True, check=False, timeout=60
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
