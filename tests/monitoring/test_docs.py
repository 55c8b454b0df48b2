"""The dashboard, the alert rules and the page about them name what /metrics prints, and Prometheus takes them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from appliances.presentation import metrics
from appliances.telemetry import figures
from tests.builders import a_home

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/monitoring"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text())
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
PAGE = (FOLDER / "README.md").read_text()
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]

with_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed; .ci/run has it")


def promtool(*words: str) -> None:
    done = subprocess.run(["promtool", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def printed() -> dict[str, tuple[str, set[str]]]:
    """Every figure by its whole name: its kind and its labels."""
    a_home()
    found: dict[str, tuple[str, set[str]]] = {}
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = family.type, {label for sample in family.samples for label in sample.labels} - {"le"}
    counted = (*figures.COUNTED, *figures.MEASURED, *figures.SPREAD)
    # What was not seen yet has no sample to tell its labels.
    return found | {one.name: (found[one.name][0], set(one.labels)) for one in counted}


def names_in(expression: str) -> set[str]:
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bvoltsafe_[a-z_]+", expression)}


@pytest.mark.django_db(transaction=True)
def test_every_figure_that_is_drawn_or_judged_is_printed(printed: dict[str, tuple[str, set[str]]]) -> None:
    for expression in (*EXPRESSIONS, *(rule["expr"] for rule in RULES)):
        assert names_in(expression) <= printed.keys(), expression


@pytest.mark.django_db(transaction=True)
def test_every_label_that_is_chosen_by_is_one_of_the_figures(printed: dict[str, tuple[str, set[str]]]) -> None:
    for expression in (*EXPRESSIONS, *(rule["expr"] for rule in RULES)):
        for name, chosen in re.findall(r"\b(voltsafe_[a-z_]+)\{([^}]*)\}", expression):
            _kind, labels = printed[re.sub(r"_(bucket|sum|count)$", "", name)]
            assert set(re.findall(r"([a-z]+)[=!]", chosen)) <= labels | {"instance", "le"}, expression


@pytest.mark.django_db(transaction=True)
def test_every_figure_that_is_printed_has_its_line_on_the_page_and_a_panel(
    printed: dict[str, tuple[str, set[str]]],
) -> None:
    rows = [line.split("|")[1:4] for line in PAGE.splitlines() if line.startswith("| `voltsafe_")]
    told = {
        name: (kind.split()[1], set(re.findall(r"`([a-z]+)`", labels)))
        for names, kind, labels in rows
        for name in re.findall(r"`(\w+)`", names)
    }

    assert told == printed
    assert set().union(*map(names_in, EXPRESSIONS)) == printed.keys()


def test_the_dashboard_can_be_imported() -> None:
    assert DASHBOARD["uid"] == "voltsafe"
    assert DASHBOARD["schemaVersion"] >= 36
    assert "id" not in DASHBOARD
    assert [one["name"] for one in DASHBOARD["templating"]["list"]] == ["datasource", "instance"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_every_panel_says_what_it_shows_and_asks_the_chosen_prometheus(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    assert all(one["datasource"]["uid"] == "${datasource}" for one in (panel, *panel["targets"]))


def test_no_two_panels_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_what_it_means_and_what_to_do(rule: dict[str, Any]) -> None:
    said = rule["annotations"]

    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert said["summary"].endswith(".")
    assert len(re.findall(r"[.;:] ", said["description"])) >= 1


def test_every_alert_is_tried() -> None:
    tried = (Path(__file__).parent / "alerts.test.yml").read_text()

    assert set(re.findall(r'alertname="(\w+)"', tried)) == {rule["alert"] for rule in RULES}


@pytest.mark.tools
@with_promtool
def test_prometheus_takes_the_rules() -> None:
    promtool("check", "rules", "docs/monitoring/alerts.yml")


@pytest.mark.tools
@with_promtool
def test_every_alert_fires_on_what_it_is_for_and_not_before() -> None:
    promtool("test", "rules", "tests/monitoring/alerts.test.yml")


@pytest.mark.tools
@with_promtool
def test_prometheus_takes_what_the_dashboard_asks(tmp_path: Path) -> None:
    asked = [re.sub(r"\$__\w+", "5m", one).replace("$instance", ".*") for one in EXPRESSIONS]
    rules = [{"record": f"panel:{place}", "expr": one} for place, one in enumerate(asked)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))

    promtool("check", "rules", str(file))


@pytest.mark.tools
@with_promtool
def test_prometheus_takes_the_examples_of_the_page(tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    for example in examples:
        file = tmp_path / "prometheus.yml"
        file.write_text("\n".join(line[3:] for line in example.splitlines()))
        assert yaml.safe_load(file.read_text())["scrape_configs"]
        promtool("check", "config", "--syntax-only", str(file))

    assert len(examples) == 2
