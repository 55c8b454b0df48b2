"""A snapshot as a person of some role sees it."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.urls import reverse

from appliances.balancer import status, units
from appliances.models import Appliance, Circuit, Decision, Home
from appliances.models.appliance import Kind
from appliances.presentation import snapshot, wording
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import ApplianceCard, Board, CircuitBar, Feed, FeedLine, Meter, Section, Segment
from appliances.services import access
from appliances.services.access import May


def board(at: Snapshot, role: str) -> Board:
    sections = tuple(
        Section(bar(at, row, role), tuple(card(at, one, role) for one in at.appliances if one.circuit_id == row.pk))
        for row in at.circuits
    )
    return Board(
        home_id=at.home.pk,
        home_slug=at.home.slug,
        home_name=at.home.name,
        revision=at.home.revision,
        role=role,
        may_switch=access.may(role, May.SWITCH),
        may_edit=access.may(role, May.EDIT),
        may_configure=access.may(role, May.CONFIGURE),
        meter=meter(at),
        sections=sections,
        feed=Feed(tuple(line(at.home, row) for row in at.decisions), reverse("decisions", args=[at.home.slug])),
    )


def meter(at: Snapshot) -> Meter:
    main = at.main
    carried, limit = at.carried_mw[main.pk], snapshot.limit_mw(at, main)
    load, headroom = units.to_watts(carried), units.to_watts(limit - carried)
    tenths = status.utilization_tenths(carried, limit)
    now = status.status(carried, limit, at.home.warning_percent, at.home.critical_percent)
    on = sum(row.is_on for row in at.appliances)
    return Meter(
        home_name=at.home.name,
        load_watts=load,
        limit_watts=units.to_watts(limit),
        headroom_watts=headroom,
        load_text=wording.watts(load),
        limit_text=wording.watts(units.to_watts(limit)),
        headroom_text=wording.watts(headroom),
        percent=Decimal(tenths) / 10,
        percent_text=wording.percent(tenths),
        status=now.value,
        status_text=wording.status(now),
        warning_percent=at.home.warning_percent,
        critical_percent=at.home.critical_percent,
        appliances_on=on,
        appliances_total=len(at.appliances),
        on_text=wording.on_count(on, len(at.appliances)),
        value_text=wording.meter_value(load, units.to_watts(limit), headroom),
        segments=_segments(at, main, limit),
    )


def _segments(at: Snapshot, main: Circuit, limit: int) -> tuple[Segment, ...]:
    """The shares of the branches, then what hangs on the main itself."""
    branches = [row for row in at.circuits if row.parent_id == main.pk]
    shares = [(row.name, at.carried_mw[row.pk]) for row in branches]
    shares.append((main.name, at.carried_mw[main.pk] - sum(mw for _name, mw in shares)))
    segments, start = [], 0
    for shade, (name, mw) in enumerate(shares):
        if mw:
            percents = [Decimal(min(part * 1000 // (limit or 1), 1000)) / 10 for part in (start, start + mw)]
            width, share = percents[1] - percents[0], units.to_watts(mw)
            segments.append(Segment(name, share, wording.watts(share), percents[0], width, shade % 6))
            start += mw
    return tuple(segments)


def bar(at: Snapshot, row: Circuit, role: str) -> CircuitBar:
    carried, limit = at.carried_mw[row.pk], snapshot.limit_mw(at, row)
    load, headroom = units.to_watts(carried), units.to_watts(limit - carried)
    tenths = status.utilization_tenths(carried, limit)
    now = status.status(carried, limit, at.home.warning_percent, at.home.critical_percent)
    plugged = [one for one in at.appliances if one.circuit_id == row.pk]
    path = at.tree.path(row.pk)
    return CircuitBar(
        id=row.pk,
        name=row.name,
        is_main=row.parent_id is None,
        depth=len(path) - 1,
        fed_from=path[1].name if len(path) > 1 else "",
        load_watts=load,
        limit_watts=units.to_watts(limit),
        headroom_watts=headroom,
        load_text=wording.watts(load),
        limit_text=wording.watts(units.to_watts(limit)),
        headroom_text=wording.watts(headroom),
        percent=Decimal(tenths) / 10,
        percent_text=wording.percent(tenths),
        status=now.value,
        status_text=wording.status(now),
        on_text=wording.on_count(sum(one.is_on for one in plugged), len(plugged)),
        value_text=wording.meter_value(load, units.to_watts(limit), headroom),
        warning_percent=at.home.warning_percent,
        critical_percent=at.home.critical_percent,
        may_configure=access.may(role, May.CONFIGURE),
        edit_url=reverse("circuit_edit", args=[row.pk]),
        add_appliance_url=f"{reverse('appliance_add', args=[at.home.slug])}?circuit={row.pk}",
    )


def card(at: Snapshot, row: Appliance, role: str) -> ApplianceCard:
    short = units.to_watts(snapshot.short_at(at, row.pk)[0])
    return ApplianceCard(
        id=row.pk,
        name=row.name,
        kind=row.kind,
        kind_text=str(Kind(row.kind).label),
        circuit_id=row.circuit_id,
        circuit_name=at.tree.breaker(row.circuit_id).name,
        rated_watts=row.rated,
        rated_text=wording.watts(row.rated),
        is_on=row.is_on,
        state_text=wording.state(row.is_on),
        fits=not short,
        short_by_watts=short,
        fit_text=wording.fit(row.is_on, short),
        priority=row.priority,
        note=row.note,
        may_switch=access.may(role, May.SWITCH),
        may_edit=access.may(role, May.EDIT),
        switch_url=reverse("appliance_switch", args=[row.pk]),
        edit_url=reverse("appliance_edit", args=[row.pk]),
    )


def line(home: Home, row: Decision) -> FeedLine:
    local = row.at.astimezone(ZoneInfo(home.timezone))
    return FeedLine(
        id=row.pk,
        revision=row.revision,
        at=row.at,
        at_text=wording.moment(local),
        text=wording.decision(row),
        by_text=wording.by(row),
        action=row.action,
        outcome=row.outcome,
    )
