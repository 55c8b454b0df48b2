"""The record as it is read: newest first, of a home alone or with what concerns its people's accounts, and filtered."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appliances.models import Checkpoint, Decision, Home, Membership
from appliances.models.decision import Action, Actor
from appliances.services.cleaning import Invalid

LONGEST_TEXT = 80
IN_ONE_GO = 1000
"""Rows read at a time where many are: none of it is held longer than it takes to pass it on."""

EARLIEST, LATEST = date(1970, 1, 2), date(9999, 12, 30)
"""No decision lies outside; days that do are taken for these, which every time zone has."""


class Kind(TextChoices):
    """What a decision is about, for whoever looks for it."""

    SWITCHING = "switching", gettext_lazy("Switching")
    LIMITS = "limits", gettext_lazy("Limits, circuits and the home")
    APPLIANCES = "appliances", gettext_lazy("Appliances")
    PEOPLE = "people", gettext_lazy("People")
    ACCESS = "access", gettext_lazy("Sign-in and machines")
    OWN = "own", gettext_lazy("What VoltSafe did by itself")


ACTIONS: Mapping[str, frozenset[Action]] = {
    Kind.SWITCHING: frozenset({Action.SWITCH_ON, Action.SWITCH_OFF, Action.SWAP, Action.WAIT, Action.CANCEL_WAIT}),
    Kind.LIMITS: frozenset(
        {
            Action.ADD_HOME,
            Action.CHANGE_HOME,
            Action.REMOVE_HOME,
            Action.ADD_CIRCUIT,
            Action.CHANGE_CIRCUIT,
            Action.REMOVE_CIRCUIT,
            Action.ADD_LIMIT,
            Action.REMOVE_LIMIT,
            Action.BEGIN_LIMIT,
            Action.END_LIMIT,
            Action.CHANGE_CONTROLLER,
        }
    ),
    Kind.APPLIANCES: frozenset(
        {Action.ADD_APPLIANCE, Action.CHANGE_APPLIANCE, Action.REMOVE_APPLIANCE, Action.CHANGE_ORDER}
    ),
    Kind.PEOPLE: frozenset(
        {
            Action.INVITE,
            Action.UNINVITE,
            Action.JOIN,
            Action.CHANGE_ROLE,
            Action.REMOVE_MEMBER,
            Action.CHANGE_CODE,
            Action.GIVE_CODE,
        }
    ),
    Kind.ACCESS: frozenset(
        {
            Action.SIGN_IN,
            Action.SIGN_OUT,
            Action.END_SESSIONS,
            Action.CONFIRM,
            Action.ADD_ACCOUNT,
            Action.CHANGE_ACCOUNT,
            Action.REMOVE_ACCOUNT,
            Action.CHANGE_PASSWORD,
            Action.ADD_FACTOR,
            Action.REMOVE_FACTOR,
            Action.ADD_TOKEN,
            Action.REMOVE_TOKEN,
            Action.ADD_WALL,
            Action.CHANGE_WALL,
            Action.LINK_WALL,
            Action.REMOVE_WALL,
        }
    ),
    Kind.OWN: frozenset(
        {
            Action.START,
            Action.SHED,
            Action.RESTORE,
            Action.TOO_LONG,
            Action.EXPIRE_SHED,
            Action.EXPIRE_WAIT,
            Action.HOLD_RETURNS,
            Action.NEEDS_PERSON,
            Action.NEEDS_NOBODY,
        }
    ),
}
"""Every action is of one kind; a new one has to be put here."""


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What is empty is not asked for. Days are by the home's clock, both included."""

    kind: str = ""
    outcome: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    def check(self) -> None:
        """Raises Invalid."""
        if self.since and self.until and self.until < self.since:
            raise Invalid({"until": [_("It ends before it begins.")]})


EVERYTHING = LookedFor()


def newest(
    home: Home, *, people: Mapping[int, str], most: int, before: int | None = None, of: LookedFor = EVERYTHING
) -> list[Decision]:
    """At most so many decisions from before that id; `people` are those whose accounts are included, none without.

    Two questions, each answered along an index of its own: as one with OR, databases read the whole record.
    """
    asked = _asked(of, ZoneInfo(home.timezone))
    if before is not None:
        asked &= Q(pk__lt=before)
    of_home = _first(Decision.objects.filter(asked, home=home), most)
    if not people:
        return of_home
    of_accounts = _first(Decision.objects.filter(asked, home=None, account_id__in=list(people)), most)
    return list(heapq.merge(of_home, of_accounts, key=lambda row: -row.pk))[:most]


def every(
    home: Home, *, people: Mapping[int, str], most: int, before: int | None = None, of: LookedFor = EVERYTHING
) -> Iterator[Decision]:
    """The same one after the other, for many: read piece by piece."""
    while most > 0:
        found = newest(home, people=people, most=min(most, IN_ONE_GO), before=before, of=of)
        yield from found
        if len(found) < IN_ONE_GO:
            return
        before, most = found[-1].pk, most - len(found)


def let_go(home: Home) -> Checkpoint | None:
    """Where the record of the home begins, if it does not begin with the home."""
    return Checkpoint.objects.filter(home=home).defer("state").first()


def people_of(home: Home) -> dict[int, str]:
    """The names of those who belong to the home, by their ids."""
    members = Membership.objects.filter(home=home).order_by("user__username")
    return dict(members.values_list("user_id", "user__username"))


def newest_of_accounts(people: Mapping[int, str]) -> int:
    """The id of the newest decision about any of these accounts: it tells whether there is something new."""
    if not people:
        return 0
    found = Decision.objects.filter(home=None, account_id__in=list(people)).order_by("-id")
    return found.values_list("pk", flat=True).first() or 0


def _first(rows: QuerySet[Decision], most: int) -> list[Decision]:
    return list(rows.order_by("-id")[:most])


def _asked(of: LookedFor, zone: ZoneInfo) -> Q:
    asked = Q()
    if of.kind:
        asked &= Q(action__in=sorted(ACTIONS[of.kind]))
    if of.outcome:
        asked &= Q(outcome=of.outcome)
    if of.who:
        asked &= _by(of.who)
    if of.since:
        asked &= Q(at__gte=_midnight(of.since, zone))
    if of.until:
        asked &= Q(at__lt=_midnight(_within(of.until) + timedelta(days=1), zone))
    if of.text:
        names = ("subject_name", "circuit_name", "actor_name", "facts__address")
        found = Q()
        for name in names:
            found |= Q(**{f"{name}__icontains": of.text})
        asked &= found
    return asked


def _by(who: str) -> Q:
    named = Q(actor_name__icontains=who)
    return named | Q(actor=Actor.SYSTEM) if who.casefold() == _("VoltSafe").casefold() else named


def _within(day: date) -> date:
    return min(max(day, EARLIEST), LATEST)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(_within(day), time(), zone)
