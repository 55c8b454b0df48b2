"""The controller: what VoltSafe does by itself, one plain `tick(now)` after the other.

Each home is tended in a turn of its own: what is to be done is worked out under its lock, from the rows as they are
then. So two controllers never act twice, a restart loses and repeats nothing, and one that slept acts on the present.
"""

import logging
from datetime import datetime
from time import perf_counter
from typing import Any

from django.db.models import Exists, OuterRef

from appliances.models import Appliance, Controller, Home, Shed, TemporaryLimit, Wait
from appliances.services import actor, heartbeat, retention, turn
from appliances.services.outcome import Busy, Missing
from appliances.services.tender import Tender
from appliances.services.turn import Turn
from appliances.telemetry import lines

log = logging.getLogger(__name__)


def tick(now: datetime) -> int:
    """Tend every home that is due; how many. A home that fails is logged and tried again, the others go on."""
    resumed = heartbeat.is_late(heartbeat.last_run(), now)
    tended = decided = 0
    began = perf_counter()
    for home_id, revision, has_work in _due(now):
        try:
            if has_work:
                decided += tend(home_id=home_id, now=now, resumed=resumed)
            else:
                _sleep(home_id, revision)
            tended += 1
        except (Busy, Missing):
            continue
        except Exception:
            log.exception("Home %s could not be tended", home_id)
    if decided:
        lines.ticked(homes=tended, decisions=decided, seconds=perf_counter() - began)
    if heartbeat.beat(now):
        retention.forget_what_passes(now)
    retention.daily.step(now)
    return tended


def tend(*, home_id: int, now: datetime, resumed: bool = False) -> int:
    """One home, once; how many decisions were taken.

    `resumed` says that nobody looked for a while: what was seen before counts no more.
    """

    def body(here: Turn) -> int:
        Tender(here, resumed=resumed).run()
        return home_id

    return len(turn.take(home_id=home_id, by=actor.SYSTEM, now=now, body=body).decisions)


def _due(now: datetime) -> list[tuple[int, int, bool]]:
    """The homes to look at, their revisions, and whether there is anything in them that VoltSafe could do."""
    of_home: dict[str, Any] = {"home": OuterRef("pk")}
    has_work = (
        Exists(Wait.objects.filter(**of_home))
        | Exists(Shed.objects.filter(**of_home))
        | Exists(TemporaryLimit.objects.filter(**of_home))
        | Exists(Appliance.objects.filter(is_on=True, max_on_seconds__isnull=False, **of_home))
        | Exists(Controller.objects.filter(**of_home).exclude(watching={}))
    )
    due = Home.objects.filter(wake_at__lte=now).annotate(has_work=has_work).order_by("wake_at", "pk")
    return list(due.values_list("pk", "revision", "has_work"))


def _sleep(home_id: int, revision: int) -> None:
    """Until its next decision; one that came meanwhile has woken it again."""
    Home.objects.filter(pk=home_id, revision=revision).update(wake_at=None)
