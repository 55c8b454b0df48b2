"""What a person sees of their own account: how they sign in, their passkeys, and where they are signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appliances.models import User
from appliances.presentation import browsers
from appliances.services import sessions

Type = Authenticator.Type

JUST_NOW = 2 * sessions.NOTE_EVERY


@dataclass(frozen=True, slots=True)
class Line:
    """One way of signing in, how it stands, and where to change it."""

    id: str
    icon: str
    name: str
    text: str
    url: str
    action: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Passkey:
    name: str
    text: str
    name_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is signed in."""

    id: int
    name: str
    address: str
    text: str
    is_here: bool


def lines(user: User, now: datetime) -> list[Line]:
    rows = list(Authenticator.objects.filter(user_id=user.pk))
    keys = [row for row in rows if row.type == Type.WEBAUTHN]
    codes = [row for row in rows if row.type == Type.RECOVERY_CODES]
    has_app = any(row.type == Type.TOTP for row in rows)
    found = [
        Line(
            "password",
            "lock",
            _("Password"),
            _("Asked for when you sign in without a passkey."),
            *_to("account_change_password", _("Change")),
        ),
        _passkeys_line(len(keys)),
        _app_line(has_app=has_app),
    ]
    if codes:
        found.append(_codes_line(left(codes[0])))
    return [*found, _places_line(len(sessions.of(user, now)))]


def left(row: Authenticator) -> int:
    """How many of the recovery codes were not used yet."""
    return int(app_settings.RECOVERY_CODE_COUNT) - int(row.data["used_mask"]).bit_count()


def passkeys(user: User, now: datetime) -> list[Passkey]:
    rows = Authenticator.objects.filter(user_id=user.pk, type=Type.WEBAUTHN).order_by("id")
    return [
        Passkey(
            row.data["name"],
            _used(row, now),
            reverse("mfa_edit_webauthn", args=[row.pk]),
            reverse("mfa_remove_webauthn", args=[row.pk]),
        )
        for row in rows
    ]


def places(user: User, here: str, now: datetime) -> list[Place]:
    """The one the person looks from first."""
    found = [_place(row, here, now) for row in sessions.of(user, now)]
    return sorted(found, key=lambda one: not one.is_here)


def _to(name: str, action: str) -> tuple[str, str]:
    return reverse(name), action


def _passkeys_line(count: int) -> Line:
    text = (
        ngettext("%d passkey.", "%d passkeys.", count) % count
        if count
        else _("Sign in with your fingerprint, face or device code. Nothing to remember, nothing to guess.")
    )
    url, action = _to("mfa_list_webauthn", _("Look")) if count else _to("mfa_add_webauthn", _("Add"))
    return Line("passkeys", "key", _("Passkeys"), text, url, action, is_on=bool(count))


def _app_line(*, has_app: bool) -> Line:
    if has_app:
        text = _("After your password, a code of the app is asked for.")
        return Line("app", "shield", _("Authenticator app"), text, *_to("mfa_deactivate_totp", _("Remove")), is_on=True)
    text = _("A code of your phone, asked for after your password.")
    return Line("app", "shield", _("Authenticator app"), text, *_to("mfa_activate_totp", _("Set up")))


def _codes_line(count: int) -> Line:
    text = ngettext(
        "%d code left, for when you have lost the rest.", "%d codes left, for when you have lost the rest.", count
    )
    return Line("codes", "history", _("Recovery codes"), text % count, *_to("mfa_view_recovery_codes", _("Look")))


def _places_line(count: int) -> Line:
    text = ngettext("In %d place.", "In %d places.", count) % count if count else _("Only here.")
    return Line("places", "homes", _("Where you are signed in"), text, *_to("usersessions_list", _("Look")))


def _used(row: Authenticator, now: datetime) -> str:
    added = {"added": _ago(row.created_at, now)}
    if row.last_used_at is None:
        return _("Added %(added)s, never used.") % added
    return _("Added %(added)s, last used %(used)s.") % {**added, "used": _ago(row.last_used_at, now)}


def _ago(then: datetime, now: datetime) -> str:
    if now - then < timedelta(minutes=1):
        return _("just now")
    return _("%s ago") % timesince(then, now, depth=1)


def _place(row: UserSession, here: str, now: datetime) -> Place:
    # Kept only every few minutes, so it says no more than it knows.
    seen = row.last_seen_at if now - row.last_seen_at > JUST_NOW else now
    text = _("Signed in %(since)s, last used %(seen)s.") % {"since": _ago(row.created_at, now), "seen": _ago(seen, now)}
    address = "" if row.ip == sessions.NOWHERE else row.ip
    return Place(row.pk, browsers.name(row.user_agent), address, text, row.session_key == here)
