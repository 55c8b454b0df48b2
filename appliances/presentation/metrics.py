"""Figures for a Prometheus that scrapes /metrics, read from the database at the time of asking."""

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from appliances.models import Circuit, Decision, Home

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Homes(Collector):
    def collect(self) -> Iterator[Metric]:
        load = GaugeMetricFamily("voltsafe_load_watts", "Watts switched on", labels=["home", "circuit"])
        limit = GaugeMetricFamily("voltsafe_limit_watts", "What the breaker carries", labels=["home", "circuit"])
        for row in Circuit.objects.select_related("home").order_by("home_id", "id"):
            load.add_metric([row.home.slug, row.name], float(row.load))
            limit.add_metric([row.home.slug, row.name], float(row.limit))
        revision = CounterMetricFamily("voltsafe_revision", "Decisions recorded", labels=["home"])
        for home in Home.objects.order_by("id"):
            revision.add_metric([home.slug], home.revision)
        decisions = CounterMetricFamily("voltsafe_decisions", "Decisions by outcome", labels=["action", "outcome"])
        counted = Decision.objects.order_by().values_list("action", "outcome").annotate(Count("id"))
        for action, outcome, count in counted:
            decisions.add_metric([action, outcome], count)
        yield from (load, limit, revision, decisions)


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(_Homes())
    return generate_latest(registry)
