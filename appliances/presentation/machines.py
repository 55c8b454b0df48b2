"""What machines there are and what each may: the tokens of a person, the screens on the walls of a home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appliances.models import Home, Token, Wall
from appliances.models.token import Scope

SCOPES = {
    Scope.READ: gettext_lazy("Looks at your homes and asks what would fit. It changes nothing."),
    Scope.SWITCH: gettext_lazy("Also switches on and off, swaps, waits for room and waits no longer."),
    Scope.ADMIN: gettext_lazy("Whatever your role allows in each home: limits, circuits, appliances, the controller."),
}

LASTS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("1 year"),
    "0": gettext_lazy("For ever"),
}
"""Days that a token is valid; 0 is for ever."""

SEEN_LATELY = timedelta(minutes=15)
"""A screen that is on shows up at least every ten minutes."""


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    value: str
    name: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token; `is_over` where it has expired."""

    id: int
    name: str
    scope: str
    begins_with: str
    made_text: str
    until_text: str
    used_text: str
    is_over: bool
    revoke_url: str


@dataclass(frozen=True, slots=True)
class WallLine:
    """One screen; `state` is "on", "away" or "unlinked"."""

    id: int
    name: str
    may_text: str
    night_text: str
    state: str
    state_text: str
    change_url: str
    link_url: str
    remove_url: str


def scopes(chosen: str) -> list[ScopeChoice]:
    return [ScopeChoice(one.value, str(one.label), str(SCOPES[one]), one.value == chosen) for one in Scope]


def token_lines(rows: Iterable[Token], zone: str, now: datetime) -> list[TokenLine]:
    """`zone` gives the clock."""
    return [_token(row, ZoneInfo(zone), now) for row in rows]


def _token(row: Token, zone: ZoneInfo, now: datetime) -> TokenLine:
    is_over = row.expires_at is not None and row.expires_at <= now
    return TokenLine(
        id=row.pk,
        name=row.name,
        scope=str(Scope(row.scope).label),
        begins_with=f"{row.prefix}…",
        made_text=_day(row.created_at, zone),
        until_text=_until(row, zone, is_over=is_over),
        used_text=_moment(row.last_used_at, zone) if row.last_used_at else _("Never"),
        is_over=is_over,
        revoke_url=reverse("token_revoke", args=[row.pk]),
    )


def _until(row: Token, zone: ZoneInfo, *, is_over: bool) -> str:
    if row.expires_at is None:
        return _("For ever")
    day = _day(row.expires_at, zone)
    return _("Expired %(day)s") % {"day": day} if is_over else day


def wall_lines(home: Home, rows: Iterable[Wall], now: datetime) -> list[WallLine]:
    return [_wall(home, row, now) for row in rows]


def _wall(home: Home, row: Wall, now: datetime) -> WallLine:
    state, state_text = _standing(home, row, now)
    of_wall = [home.slug, row.pk]
    return WallLine(
        id=row.pk,
        name=row.name,
        may_text=_("Only looks") if row.is_read_only else _("May switch"),
        night_text=night(row),
        state=state,
        state_text=state_text,
        change_url=reverse("wall_change", args=of_wall),
        link_url=reverse("wall_link_again", args=of_wall),
        remove_url=reverse("wall_remove", args=of_wall),
    )


def night(row: Wall) -> str:
    if row.night_from == row.night_until:
        return _("Never dark")
    hours = {"begin": f"{row.night_from:%H:%M}", "end": f"{row.night_until:%H:%M}"}
    return _("Dark from %(begin)s to %(end)s") % hours


def _standing(home: Home, row: Wall, now: datetime) -> tuple[str, str]:
    zone = ZoneInfo(home.timezone)
    if row.digest:
        if row.last_seen_at is None:
            return "away", _("Linked")
        state = "on" if now - row.last_seen_at < SEEN_LATELY else "away"
        return state, _("Last seen %(at)s") % {"at": _moment(row.last_seen_at, zone)}
    if row.link_expires_at is not None and row.link_expires_at > now:
        return "unlinked", _("Not linked yet; its link is valid until %(at)s") % {
            "at": _moment(row.link_expires_at, zone)
        }
    return "unlinked", _("Not linked; its link is too old")


def _day(at: datetime, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), "j M Y")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), "j M H:i")
