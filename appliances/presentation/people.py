"""The people of a home and those invited, as its page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appliances.models import Home, Invitation, Membership
from appliances.models.membership import Role
from appliances.presentation import wording

MAY = {
    Role.OWNER: gettext_lazy("May do everything: limits, circuits, people."),
    Role.MEMBER: gettext_lazy("Switches, and adds and changes appliances."),
    Role.GUEST: gettext_lazy("Switches what is there."),
    Role.VIEWER: gettext_lazy("Looks on."),
}


@dataclass(frozen=True, slots=True)
class RoleText:
    value: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    initial: str
    role: str
    role_text: str
    since_text: str
    is_asker: bool
    may_sign_in: bool
    role_url: str
    """Empty for whoever may not change it."""


@dataclass(frozen=True, slots=True)
class Invited:
    id: int
    name: str
    role_text: str
    until_text: str
    is_over: bool
    take_back_url: str


def roles() -> tuple[RoleText, ...]:
    return tuple(role(one) for one in Role)


def role(value: str) -> RoleText:
    known = Role(value)
    return RoleText(known.value, str(known.label), str(MAY[known]))


def members(home: Home, *, asker_id: int, may_manage: bool) -> tuple[Person, ...]:
    """Owners first, then as the roles stand, by name."""
    rows = Membership.objects.filter(home=home).select_related("user").order_by("user__username")
    order = {value: place for place, value in enumerate(Role.values)}
    return tuple(_person(home, row, asker_id, may_manage) for row in sorted(rows, key=lambda row: order[row.role]))


def invited(home: Home, now: datetime) -> tuple[Invited, ...]:
    rows: Iterable[Invitation] = Invitation.objects.filter(home=home).order_by("expires_at", "id")
    return tuple(_invited(home, row, now) for row in rows)


def until_text(home: Home, row: Invitation) -> str:
    return wording.moment(row.expires_at.astimezone(ZoneInfo(home.timezone)))


def _person(home: Home, row: Membership, asker_id: int, may_manage: bool) -> Person:  # noqa: FBT001
    name = row.user.get_username()
    since = date_format(row.created_at.astimezone(ZoneInfo(home.timezone)), "j M Y")
    return Person(
        id=row.user_id,
        name=name,
        initial=name[:1].upper(),
        role=row.role,
        role_text=role(row.role).name,
        since_text=_("since %s") % since,
        is_asker=row.user_id == asker_id,
        may_sign_in=row.user.is_active,
        role_url=reverse("person_role", args=[home.slug, row.user_id]) if may_manage else "",
    )


def _invited(home: Home, row: Invitation, now: datetime) -> Invited:
    is_over = row.expires_at <= now
    text = _("Nobody came until %s") if is_over else _("The link holds until %s")
    return Invited(
        id=row.pk,
        name=row.name,
        role_text=role(row.role).name,
        until_text=text % until_text(home, row),
        is_over=is_over,
        take_back_url=reverse("invitation_take_back", args=[home.slug, row.pk]),
    )
