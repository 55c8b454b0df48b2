"""Who opens a socket, and whether they may keep it. Runs in the hub's thread: it reads the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from appliances.models import Membership, Token, User
from appliances.services import access, tokens
from appliances.services.access import Forbidden, May
from appliances.services.turn import Missing

SIGNED_OUT = 4401
NOT_YOURS = 4403
COME_AGAIN = 4412
"""Close codes: sign in first; not your home; come back and be asked again (a changed role).

A server may send 1000 and those from 3000 up; the rest are the protocol's own (RFC 6455, 7.4)."""


class Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Visitor:
    user_id: int
    home_id: int
    role: str
    session_key: str = ""
    token_id: int | None = None


def admit(headers: Iterable[tuple[bytes, bytes]], slug: str) -> Visitor:
    """The visitor behind a handshake, if it may look at the home. Raises Closed."""
    found = {name.lower(): value.decode("latin-1") for name, value in headers}
    user, session_key, token_id = _who(found, timezone.now())
    if user is None:
        raise Closed(SIGNED_OUT)
    try:
        home, role = access.home_at(user=user, slug=slug, capability=May.LOOK)
    except (Missing, Forbidden):
        raise Closed(NOT_YOURS) from None
    return Visitor(user.pk, home.pk, role, session_key, token_id)


def _who(headers: dict[bytes, str], now: datetime) -> tuple[User | None, str, int | None]:
    scheme, _space, text = headers.get(b"authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = tokens.bearer(text=text.strip(), now=now)
        return (token.user, "", token.pk) if token else (None, "", None)
    morsel = SimpleCookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME)
    key = morsel.value if morsel else ""
    return _users_of([key], now).get(key), key, None


def to_close(visitors: Iterable[Visitor]) -> dict[Visitor, int]:
    """Those who may no longer watch, and the code to tell them. Four queries, however many there are."""
    asked = set(visitors)
    users = _users_of([one.session_key for one in asked if one.session_key], timezone.now())
    token_ids = [one.token_id for one in asked if one.token_id]
    held = set(Token.objects.filter(pk__in=token_ids, user__is_active=True).values_list("pk", flat=True))
    people = {one.user_id for one in asked}
    rows = Membership.objects.filter(user_id__in=people).values_list("user_id", "home_id", "role")
    roles = {(user_id, home_id): role for user_id, home_id, role in rows}
    verdicts = {one: _verdict(one, users, held, roles.get((one.user_id, one.home_id))) for one in asked}
    return {one: code for one, code in verdicts.items() if code is not None}


def _verdict(one: Visitor, users: dict[str, User], held: set[int], role: str | None) -> int | None:
    signed_in = one.token_id in held if one.token_id else one.session_key in users
    if not signed_in:
        return SIGNED_OUT
    if not access.may(role, May.LOOK):
        return NOT_YOURS
    return COME_AGAIN if role != one.role else None


def _users_of(keys: list[str], now: datetime) -> dict[str, User]:
    """The active people behind session keys whose session still holds: not ended, not older than the password."""
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    decoded: dict[str, dict[str, Any]] = {row.session_key: row.get_decoded() for row in sessions}
    ids = [one[SESSION_KEY] for one in decoded.values() if SESSION_KEY in one]
    users = {str(row.pk): row for row in User.objects.filter(pk__in=ids, is_active=True)}
    return {
        key: user
        for key, one in decoded.items()
        if (user := users.get(str(one.get(SESSION_KEY))))
        and constant_time_compare(one.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    }
