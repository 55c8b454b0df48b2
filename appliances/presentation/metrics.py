"""What /metrics says to a Prometheus: what this process counted, and what the database says at the time of asking."""

import platform
import shutil
import threading
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
from django.conf import settings
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from appliances.presentation import home_figures
from appliances.services import readiness
from appliances.telemetry import figures

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _OfThisProcess(Collector):
    """Counted as it went by; begins at nought with the process."""

    def collect(self) -> Iterator[Metric]:
        for counter in figures.COUNTED:
            told = CounterMetricFamily(counter.name, counter.says, labels=counter.labels)
            for labels, count in counter.read().items():
                told.add_metric(labels, count)
            yield told
        for gauge in figures.MEASURED:
            now = GaugeMetricFamily(gauge.name, gauge.says, labels=gauge.labels)
            for labels, count in gauge.read().items():
                now.add_metric(labels, count)
            yield now
        for histogram in figures.SPREAD:
            spread = HistogramMetricFamily(histogram.name, histogram.says, labels=histogram.labels)
            for labels, one in histogram.read().items():
                buckets = [("+Inf" if end == float("inf") else str(end), n) for end, n in histogram.cumulative(one)]
                spread.add_metric(labels, buckets, one.total)
            yield spread


class _Installation(Collector):
    """What runs here, and whether it can."""

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily(
            "voltsafe_build_info",
            "Always 1; the labels tell what runs",
            labels=["version", "python", "django"],
        )
        build.add_metric([_version(), platform.python_version(), django.__version__], 1)
        ready = GaugeMetricFamily("voltsafe_ready", "1 where a check of /readyz is passed", labels=["check"])
        for check, said in readiness.checks().items():
            ready.add_metric([check], said == readiness.OK)
        yield from (build, ready, *home_figures.of_controller(timezone.now()))
        disk = shutil.disk_usage(settings.DATA_DIR)
        yield _one("voltsafe_data_free_bytes", "Room left where the data folder is", disk.free)
        yield _one("voltsafe_data_size_bytes", "Room there is where the data folder is", disk.total)
        yield _one("voltsafe_process_threads", "Threads of this process", threading.active_count())


class _Homes(Collector):
    def collect(self) -> Iterator[Metric]:
        return home_figures.of_homes(timezone.now())


@cache
def _version() -> str:
    """As the project says it; whoever packs VoltSafe without that file goes without."""
    try:
        told = tomllib.loads(Path(settings.BASE_DIR, "pyproject.toml").read_text("utf-8"))
    except OSError:
        return "unknown"
    return str(told["project"]["version"])


def _one(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)


def exposition() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    for collector in (_Installation(), _OfThisProcess(), _Homes()):
        registry.register(collector)
    ProcessCollector(namespace="voltsafe", registry=registry)
    return generate_latest(registry)
