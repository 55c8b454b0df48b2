"""What is free at a breaker under the limit in force, or by how much it is too much."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appliances.balancer import status, units
from appliances.balancer.tree import Breaker
from appliances.presentation import telling, wording
from appliances.presentation.snapshot import Snapshot
from appliances.services.facts import of_limit

OVER = "over"
"""More than the limit in force: beyond what the balancer calls critical."""


MOST = 8192
"""Readings that are kept."""


@dataclass(frozen=True, slots=True)
class Reading:
    load: Decimal
    limit: Decimal
    headroom: Decimal
    load_text: str
    limit_text: str
    text: str
    word: str
    percent: Decimal
    """Ends at 100."""
    percent_text: str
    status: str
    status_text: str
    value_text: str


class Thresholds(Protocol):
    """A home's, or of whatever knows them."""

    @property
    def warning_percent(self) -> int: ...
    @property
    def critical_percent(self) -> int: ...


def reading(of: Thresholds, load_mw: int, limit_mw: int) -> Reading:
    return _reading(load_mw, limit_mw, of.warning_percent, of.critical_percent, translation.get_language())


@lru_cache(maxsize=MOST)
def _reading(
    load_mw: int, limit_mw: int, warning_percent: int, critical_percent: int, _language: str | None
) -> Reading:
    load, limit, headroom = (units.to_watts(mw) for mw in (load_mw, limit_mw, limit_mw - load_mw))
    tenths = status.utilization_tenths(load_mw, limit_mw)
    now = status.status(load_mw, limit_mw, warning_percent, critical_percent)
    is_over = headroom < 0
    return Reading(
        load=load,
        limit=limit,
        headroom=headroom,
        load_text=wording.watts(load),
        limit_text=wording.watts(limit),
        text=wording.watts(abs(headroom)),
        word=_("too much") if is_over else _("free"),
        percent=Decimal(min(tenths, 1000)) / 10,
        percent_text=wording.percent(tenths) if limit_mw or not is_over else "",
        status=OVER if is_over else now.value,
        status_text=_("Over the limit") if is_over else wording.status(now),
        value_text=_too_much(load, limit, -headroom) if is_over else wording.meter_value(load, limit, headroom),
    )


def _too_much(load: Decimal, limit: Decimal, too_much: Decimal) -> str:
    """For screen readers: units as words."""
    return _("%(load)s watts of %(limit)s, %(short)s watts too much") % {
        "load": format(load, "f"),
        "limit": format(limit, "f"),
        "short": format(too_much, "f"),
    }


def cap_text(at: Snapshot, breaker: Breaker) -> str:
    """ "Grid limit, 4 200 W until 19:30; its own is 5 000 W" where a temporary limit binds, else nothing."""
    if breaker.cap is None:
        return ""
    own = units.to_watts(breaker.limit_mw if breaker.own_limit_mw is None else breaker.own_limit_mw)
    said = {"limit": limit_text(at, breaker.cap.id), "own": wording.watts(own)}
    return _("%(limit)s; its own limit is %(own)s") % said


def limit_text(at: Snapshot, limit_id: int) -> str:
    facts = of_limit(at.limit(limit_id), lambda moment: local(at, moment).isoformat())
    return capfirst(telling.limit(facts, at.now))


def local(at: Snapshot, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(at.home.timezone))
