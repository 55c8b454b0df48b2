"""One breaker as its bar shows it: its name, what feeds it, what it carries."""

from functools import lru_cache
from typing import NamedTuple

from django.utils import translation

from appliances.models import Circuit
from appliances.presentation import headroom, wording
from appliances.presentation.addresses import address
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import CircuitBar
from appliances.services import access
from appliances.services.access import May

MOST = 8192
"""Bars that are kept: one takes about 1 kB."""


class _Facts(NamedTuple):
    """All that goes into a bar."""

    id: int
    name: str
    depth: int
    fed_from: str
    carried_mw: int
    limit_mw: int
    cap_text: str
    on: int
    plugged_in: int
    may_configure: bool
    home_slug: str
    warning_percent: int
    critical_percent: int


def bar(at: Snapshot, row: Circuit, role: str) -> CircuitBar:
    plugged = at.plugged_in(row.id)
    path = at.tree.path(row.id)
    return _bar(
        _Facts(
            id=row.id,
            name=row.name,
            depth=len(path) - 1,
            fed_from=path[1].name if len(path) > 1 else "",
            carried_mw=at.carried_mw[row.id],
            limit_mw=path[0].limit_mw,
            cap_text=headroom.cap_text(at, path[0]),
            on=sum(one.is_on for one in plugged),
            plugged_in=len(plugged),
            may_configure=access.may(role, May.CONFIGURE),
            home_slug=at.home.slug,
            warning_percent=at.home.warning_percent,
            critical_percent=at.home.critical_percent,
        ),
        translation.get_language(),
    )


@lru_cache(maxsize=MOST)
def _bar(of: _Facts, _language: str | None) -> CircuitBar:
    """Made of values alone, and so made once for the same values in the same language."""
    now = headroom.reading(of, of.carried_mw, of.limit_mw)
    return CircuitBar(
        id=of.id,
        name=of.name,
        is_main=of.depth == 0,
        depth=of.depth,
        fed_from=of.fed_from,
        load_watts=now.load,
        shown_watts=min(now.load, now.limit),
        limit_watts=now.limit,
        headroom_watts=now.headroom,
        load_text=now.load_text,
        limit_text=now.limit_text,
        headroom_text=now.text,
        headroom_word=now.word,
        percent=now.percent,
        percent_text=now.percent_text,
        status=now.status,
        status_text=now.status_text,
        on_text=wording.on_count(of.on, of.plugged_in),
        value_text=now.value_text,
        cap_text=of.cap_text,
        warning_percent=of.warning_percent,
        critical_percent=of.critical_percent,
        may_configure=of.may_configure,
        edit_url=address("circuit_edit", of.id),
        add_appliance_url=f"{address('appliance_add', of.home_slug)}?circuit={of.id}",
    )
