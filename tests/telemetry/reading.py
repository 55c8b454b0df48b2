"""What /metrics says, as a Prometheus reads it."""

from collections.abc import Callable
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from appliances.presentation import metrics

Labels = frozenset[tuple[str, str]]


def samples() -> dict[tuple[str, Labels], float]:
    found = {}
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"{key} is there twice"
            found[key] = sample.value
    return found


def value(name: str, **labels: str) -> float:
    """Of one series; what is not there yet counts as nought, as it does to whoever draws it."""
    return samples().get((name, frozenset(labels.items())), 0.0)


def moved(name: str, act: Callable[[], Any], **labels: str) -> float:
    """By how much."""
    before = value(name, **labels)
    act()
    return value(name, **labels) - before
