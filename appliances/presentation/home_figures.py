"""The figures of homes and of the controller for a Prometheus, read from the database in a fixed number of queries.

They are true of the whole installation, whichever process is asked: also of a controller that serves nobody.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Q
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from appliances.models import Appliance, Circuit, Controller, Home, Shed, TemporaryLimit, Wait
from appliances.services import heartbeat

MOST_HOMES = 200
"""With more of them no home has series of its own: a fleet has its totals here and its homes in the database."""


def of_controller(now: datetime) -> Iterator[Metric]:
    due = Home.objects.filter(wake_at__lte=now).aggregate(Min("wake_at"))["wake_at__min"]
    lag = (now - due).total_seconds() if due else 0.0
    yield GaugeMetricFamily(
        "voltsafe_controller_lag_seconds", "How long the home that waits longest has been due", value=lag
    )
    last = heartbeat.last_run()
    # A moment of another machine may lie ahead by what the clocks differ.
    age = max(0.0, (now - last).total_seconds()) if last else float("inf")
    yield GaugeMetricFamily(
        "voltsafe_controller_heartbeat_age_seconds",
        "Since a controller last said that it runs, every 15 seconds; +Inf where none ever did",
        value=age,
    )


def of_homes(now: datetime) -> Iterator[Metric]:
    homes = list(Home.objects.order_by("id").values_list("id", "slug", "revision")[: MOST_HOMES + 1])
    count = len(homes) if len(homes) <= MOST_HOMES else Home.objects.count()
    yield GaugeMetricFamily("voltsafe_homes", "Homes", value=count)
    yield from _totals()
    if len(homes) <= MOST_HOMES:
        revision = CounterMetricFamily("voltsafe_revision", "Decisions recorded in a home", labels=["home"])
        for _pk, slug, number in homes:
            revision.add_metric([slug], number)
        yield revision
        yield from _circuits({pk: slug for pk, slug, _revision in homes}, now)


def _totals() -> Iterator[Metric]:
    found = Appliance.objects.aggregate(all=Count("pk"), on=Count("pk", filter=Q(is_on=True)))
    appliances = GaugeMetricFamily("voltsafe_appliances", "Appliances, switched on and off", labels=["state"])
    appliances.add_metric(["on"], found["on"])
    appliances.add_metric(["off"], found["all"] - found["on"])
    claims = GaugeMetricFamily("voltsafe_claims", "Appliances that come on when there is room", labels=["because"])
    claims.add_metric(["asked"], Wait.objects.count())
    claims.add_metric(["shed"], Shed.objects.filter(returned_at=None).count())
    watching = Controller.objects.exclude(watching={}).values_list("watching", flat=True)
    needing = sum(bool(one.get("needs")) for one in watching)
    yield from (appliances, claims)
    yield GaugeMetricFamily(
        "voltsafe_homes_needing_a_person", "Homes over a limit that VoltSafe can do nothing more about", value=needing
    )


def _circuits(homes: dict[int, str], now: datetime) -> Iterator[Metric]:
    names = ["home", "circuit"]
    load = GaugeMetricFamily("voltsafe_load_watts", "Watts switched on at a circuit and below it", labels=names)
    limit = GaugeMetricFamily("voltsafe_limit_watts", "The limit in force at a circuit", labels=names)
    headroom = GaugeMetricFamily("voltsafe_headroom_watts", "Limit in force less load; negative if over", labels=names)
    in_force = TemporaryLimit.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by()
    caps = dict(in_force.values("circuit_id").annotate(lowest=Min("limit")).values_list("circuit_id", "lowest"))
    rows = Circuit.objects.order_by("home_id", "id").values_list("id", "home_id", "name", "load", "limit")
    for pk, home_id, name, watts, own in rows:
        if home_id not in homes:
            continue
        labels, most = [homes[home_id], name], min(own, caps.get(pk, own))
        load.add_metric(labels, float(watts))
        limit.add_metric(labels, float(most))
        headroom.add_metric(labels, float(most - watts))
    yield from (load, limit, headroom)
