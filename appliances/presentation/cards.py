"""One appliance as its tile shows it: its switch, and whether it would fit, said before anyone taps."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from appliances.balancer import resting, units
from appliances.models import Appliance
from appliances.models.appliance import Kind
from appliances.presentation import headroom, queue, snapshot, telling, wording
from appliances.presentation.addresses import address
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import ApplianceCard, Claim
from appliances.services import access
from appliances.services.access import May

MOST = 8192
"""Tiles that are kept: one takes about 1 kB."""


class _Facts(NamedTuple):
    """All that goes into a tile."""

    id: int
    name: str
    kind: str
    circuit_id: int
    circuit_name: str
    rated_mw: int
    is_on: bool
    priority: int
    note: str
    short_by_mw: int
    rests_until: datetime | None
    rests_text: str
    claim: Claim | None
    may_switch: bool
    may_edit: bool
    may_wait: bool


def cards(at: Snapshot, circuit_id: int, role: str) -> tuple[ApplianceCard, ...]:
    """Of all that is plugged in at the circuit itself."""
    language, may_switch, may_edit = (
        translation.get_language(),
        access.may(role, May.SWITCH),
        access.may(role, May.EDIT),
    )
    facts = (_facts(at, row, role, may_switch=may_switch, may_edit=may_edit) for row in at.plugged_in(circuit_id))
    return tuple(_card(one, language) for one in facts)


def _facts(at: Snapshot, row: Appliance, role: str, *, may_switch: bool, may_edit: bool) -> _Facts:
    load = at.tree.load(row.pk)
    short_mw = snapshot.short_at(at, row.pk)[0]
    rests_until = None if row.is_on or short_mw else resting.rests_until(load, at.now)
    claim = None if row.is_on else queue.claim(at, row, role)
    may_wait = may_switch and claim is None and bool(short_mw or rests_until) and _could_fit(at, row, load.rated_mw)
    return _Facts(
        id=row.pk,
        name=row.name,
        kind=row.kind,
        circuit_id=row.circuit_id,
        circuit_name=at.tree.breaker(row.circuit_id).name,
        rated_mw=load.rated_mw,
        is_on=row.is_on,
        priority=row.priority,
        note=row.note,
        short_by_mw=short_mw,
        rests_until=rests_until,
        rests_text=_rests(at, rests_until) if rests_until else "",
        claim=claim,
        may_switch=may_switch,
        may_edit=may_edit,
        may_wait=may_wait,
    )


@lru_cache(maxsize=MOST)
def _card(of: _Facts, _language: str | None) -> ApplianceCard:
    """Made of values alone, and so made once for the same values in the same language."""
    rated, short = units.to_watts(of.rated_mw), units.to_watts(of.short_by_mw)
    return ApplianceCard(
        id=of.id,
        name=of.name,
        kind=of.kind,
        kind_text=str(Kind(of.kind).label),
        circuit_id=of.circuit_id,
        circuit_name=of.circuit_name,
        rated_watts=rated,
        rated_text=wording.watts(rated),
        is_on=of.is_on,
        state_text=wording.state(of.is_on),
        fits=not short and of.rests_until is None,
        short_by_watts=short,
        fit_text=of.rests_text or wording.fit(of.is_on, short),
        until=of.rests_until,
        claim=of.claim,
        priority=of.priority,
        note=of.note,
        may_switch=of.may_switch,
        may_edit=of.may_edit,
        switch_url=address("appliance_switch", of.id),
        wait_url=address("appliance_wait", of.id) if of.may_wait else "",
        edit_url=address("appliance_edit", of.id),
    )


def _rests(at: Snapshot, until: datetime) -> str:
    return _("Rests until %(time)s") % {"time": telling.clock(until, headroom.local(at, at.now))}


def _could_fit(at: Snapshot, row: Appliance, rated_mw: int) -> bool:
    """With everything else off and no temporary limit; nothing waits for what cannot happen."""
    path = at.tree.path(row.circuit_id)
    return all(rated_mw <= (one.limit_mw if one.own_limit_mw is None else one.own_limit_mw) for one in path)
