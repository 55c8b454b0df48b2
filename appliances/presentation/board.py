"""A snapshot as a person of some role sees it."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from appliances.balancer import resting, units
from appliances.models import Appliance, Circuit, Decision, Home
from appliances.models.appliance import Kind
from appliances.models.controller import Mode
from appliances.presentation import headroom, notices, queue, snapshot, telling, wording
from appliances.presentation.addresses import address
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
        may_manage=access.may(role, May.MANAGE),
        timezone=at.home.timezone,
        meter=meter(at),
        overloads=notices.overloads(at, role),
        pulse=notices.pulse(at.controller.mode, at.home.timezone, at.controller_ran_at, at.now),
        limits=notices.limits(at, role),
        queue=queue.lines(at, role),
        sections=sections,
        feed=Feed(tuple(line(at.home, row) for row in at.decisions), address("decisions", at.home.slug)),
    )


def meter(at: Snapshot) -> Meter:
    main = at.main
    carried, limit = at.carried_mw[main.pk], snapshot.limit_mw(at, main)
    now = headroom.reading(at.home, carried, limit)
    on = sum(row.is_on for row in at.appliances)
    return Meter(
        home_name=at.home.name,
        load_watts=now.load,
        shown_watts=min(now.load, now.limit),
        limit_watts=now.limit,
        headroom_watts=now.headroom,
        load_text=wording.watts(now.load),
        limit_text=wording.watts(now.limit),
        headroom_text=now.text,
        headroom_word=now.word,
        percent=now.percent,
        percent_text=now.percent_text,
        status=now.status,
        status_text=now.status_text,
        warning_percent=at.home.warning_percent,
        critical_percent=at.home.critical_percent,
        appliances_on=on,
        appliances_total=len(at.appliances),
        on_text=wording.on_count(on, len(at.appliances)),
        value_text=now.value_text,
        cap_text=headroom.cap_text(at, at.tree.breaker(main.pk)),
        mode=at.controller.mode,
        mode_text=str(Mode(at.controller.mode).label),
        controller_url=address("controller", at.home.slug),
        segments=_segments(at, main, limit),
    )


def _segments(at: Snapshot, main: Circuit, limit: int) -> tuple[Segment, ...]:
    """The shares of the branches, then what hangs on the main itself."""
    branches = [row for row in at.circuits if row.parent_id == main.pk]
    shares = [(row.name, at.carried_mw[row.pk]) for row in branches]
    shares.append((main.name, at.carried_mw[main.pk] - sum(mw for _name, mw in shares)))
    whole = max(limit, at.carried_mw[main.pk], 1)
    segments, start = [], 0
    for shade, (name, mw) in enumerate(shares):
        if mw:
            percents = [Decimal(part * 1000 // whole) / 10 for part in (start, start + mw)]
            width, share = percents[1] - percents[0], units.to_watts(mw)
            segments.append(Segment(name, share, wording.watts(share), percents[0], width, shade % 6))
            start += mw
    return tuple(segments)


def bar(at: Snapshot, row: Circuit, role: str) -> CircuitBar:
    carried, limit = at.carried_mw[row.pk], snapshot.limit_mw(at, row)
    now = headroom.reading(at.home, carried, limit)
    plugged = [one for one in at.appliances if one.circuit_id == row.pk]
    path = at.tree.path(row.pk)
    return CircuitBar(
        id=row.pk,
        name=row.name,
        is_main=row.parent_id is None,
        depth=len(path) - 1,
        fed_from=path[1].name if len(path) > 1 else "",
        load_watts=now.load,
        shown_watts=min(now.load, now.limit),
        limit_watts=now.limit,
        headroom_watts=now.headroom,
        load_text=wording.watts(now.load),
        limit_text=wording.watts(now.limit),
        headroom_text=now.text,
        headroom_word=now.word,
        percent=now.percent,
        percent_text=now.percent_text,
        status=now.status,
        status_text=now.status_text,
        on_text=wording.on_count(sum(one.is_on for one in plugged), len(plugged)),
        value_text=now.value_text,
        cap_text=headroom.cap_text(at, at.tree.breaker(row.pk)),
        warning_percent=at.home.warning_percent,
        critical_percent=at.home.critical_percent,
        may_configure=access.may(role, May.CONFIGURE),
        edit_url=address("circuit_edit", row.pk),
        add_appliance_url=f"{address('appliance_add', at.home.slug)}?circuit={row.pk}",
    )


def card(at: Snapshot, row: Appliance, role: str) -> ApplianceCard:
    short = units.to_watts(snapshot.short_at(at, row.pk)[0])
    rests_until = None if row.is_on or short else resting.rests_until(at.tree.load(row.pk), at.now)
    claim = queue.claim(at, row, role)
    may_switch = access.may(role, May.SWITCH)
    may_wait = may_switch and claim is None and bool(short or rests_until) and _could_fit(at, row)
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
        fits=not short and rests_until is None,
        short_by_watts=short,
        fit_text=_rests(at, rests_until) if rests_until else wording.fit(row.is_on, short),
        until=rests_until,
        claim=claim,
        priority=row.priority,
        note=row.note,
        may_switch=may_switch,
        may_edit=access.may(role, May.EDIT),
        switch_url=address("appliance_switch", row.pk),
        wait_url=address("appliance_wait", row.pk) if may_wait else "",
        edit_url=address("appliance_edit", row.pk),
    )


def _rests(at: Snapshot, until: datetime) -> str:
    return _("Rests until %(time)s") % {"time": telling.clock(until, headroom.local(at, at.now))}


def _could_fit(at: Snapshot, row: Appliance) -> bool:
    """With everything else off and no temporary limit; nothing waits for what cannot happen."""
    rated_mw = units.to_mw(row.rated)
    path = at.tree.path(row.circuit_id)
    return all(rated_mw <= (one.limit_mw if one.own_limit_mw is None else one.own_limit_mw) for one in path)


def line(home: Home, row: Decision, *, with_year: bool = False) -> FeedLine:
    """A decision never changes, so its line is made once."""
    key = (row.pk, row.home_id, row.at, home.timezone, with_year, translation.get_language())
    if key not in _lines:
        if len(_lines) > MOST_LINES:
            _lines.clear()
        _lines[key] = _line(home, row, with_year=with_year)
    return _lines[key]


MOST_LINES = 10_000
_lines: dict[tuple[object, ...], FeedLine] = {}


def _line(home: Home, row: Decision, *, with_year: bool) -> FeedLine:
    local = row.at.astimezone(ZoneInfo(home.timezone))
    return FeedLine(
        id=row.pk,
        revision=row.revision,
        at=row.at,
        at_text=wording.moment_of_year(local) if with_year else wording.moment(local),
        text=wording.decision(row),
        by_text=wording.by(row),
        action=row.action,
        outcome=row.outcome,
    )
