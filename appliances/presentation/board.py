"""A snapshot as a person of some role sees it."""

from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import translation

from appliances.balancer import units
from appliances.models import Circuit, Decision, Home
from appliances.models.controller import Mode
from appliances.presentation import headroom, notices, queue, snapshot, wording
from appliances.presentation.addresses import address
from appliances.presentation.bars import bar
from appliances.presentation.cards import cards
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import Board, Feed, FeedLine, Meter, Section, Segment
from appliances.services import access
from appliances.services.access import May


def board(at: Snapshot, role: str) -> Board:
    sections = tuple(Section(bar(at, row, role), cards(at, row.id, role)) for row in at.circuits)
    return Board(
        home_id=at.home.pk,
        home_slug=at.home.slug,
        home_name=at.home.name,
        lineage=at.home.lineage,
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
        feed=Feed(lines(at.home, at.decisions, uncertain_since=at.uncertain_since), address("decisions", at.home.slug)),
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
        load_text=now.load_text,
        limit_text=now.limit_text,
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


def lines(
    home: Home, rows: Iterable[Decision], *, with_year: bool = False, uncertain_since: int | None = None
) -> tuple[FeedLine, ...]:
    """A decision never changes, so its line is made once within a lineage of its home: a restore takes numbers back.

    One that may be undone yet keeps its line to itself: its number may come again, for another.
    """
    if len(_lines) > MOST_LINES:
        _lines.clear()
    language = translation.get_language()
    made = []
    for row in rows:
        key = (row.pk, row.home_id, home.lineage, row.at, home.timezone, with_year, language)
        is_certain = uncertain_since is None or row.revision < uncertain_since
        kept = _lines if is_certain else row.__dict__.setdefault("lines_made", {})
        line = kept.get(key)
        if line is None:
            line = row.__dict__.get("lines_made", {}).get(key) or _line(home, row, with_year=with_year)
            kept[key] = line
        made.append(line)
    return tuple(made)


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
