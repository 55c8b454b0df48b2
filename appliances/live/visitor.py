"""Who opens a socket, and whether they may keep it. Runs in a thread of the hub's: it reads the database."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http.cookies import SimpleCookie
from typing import Any, ParamSpec

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from appliances.models import Membership, Token, User, Wall
from appliances.models.decision import Actor
from appliances.services import access, tokens, walls
from appliances.services.access import Asker, Forbidden, May
from appliances.services.outcome import Missing

log = logging.getLogger(__name__)

SIGNED_OUT = 4401
NOT_YOURS = 4403
COME_AGAIN = 4412
TOO_MANY = 4429
UNAVAILABLE = 4503
"""Close codes: sign in first; not your home; come back and be asked again (a changed role, a restored database); close
another one first; the database does not answer.

A server may send 1000 and those from 3000 up; the rest are the protocol's own (RFC 6455, 7.4)."""


class Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Visitor:
    home_id: int
    role: str
    user_id: int | None = None
    session_key: str = ""
    token_id: int | None = None
    wall_id: int | None = None
    wall_digest: str = ""
    """Of the secret it came with: a screen that was linked again is another one."""
    wall_as: str = ""
    """What its page was made from, and has to be made anew from where it changed."""
    lineage: str = ""
    """The home's: what was told of another one leads to nothing that this one is."""


P = ParamSpec("P")


def _while_it_answers(admits: Callable[P, Visitor]) -> Callable[P, Visitor]:
    @wraps(admits)
    def admit_or_say(*args: P.args, **kwargs: P.kwargs) -> Visitor:
        try:
            return admits(*args, **kwargs)
        except DatabaseError as why:
            log.warning("A socket could not be let in: %s", why)
            raise Closed(UNAVAILABLE) from why

    return admit_or_say


@_while_it_answers
def admit(headers: Iterable[tuple[bytes, bytes]], slug: str) -> Visitor:
    """The person or token behind a handshake, if it may look at the home. Raises Closed."""
    asker, session_key = _who(_named(headers), timezone.now())
    if asker is None:
        raise Closed(SIGNED_OUT)
    try:
        home, role = access.home_at(asker=asker, slug=slug, capability=May.LOOK)
    except (Missing, Forbidden):
        raise Closed(NOT_YOURS) from None
    token_id = asker.by.id if asker.by.kind == Actor.TOKEN else None
    return Visitor(home.pk, role, asker.user.pk if asker.user else None, session_key, token_id, lineage=home.lineage)


@_while_it_answers
def admit_wall(headers: Iterable[tuple[bytes, bytes]]) -> Visitor:
    """The wall screen behind a handshake, whoever else is signed in on it. Raises Closed."""
    cookies = SimpleCookie(_named(headers).get(b"cookie", ""))
    row = walls.holding(secret=_value(cookies, settings.WALL_COOKIE_NAME), now=timezone.now())
    if row is None:
        raise Closed(SIGNED_OUT)
    role = access.require(asker=access.wall(row), home_id=row.home_id, capability=May.LOOK)
    shown, lineage = walls.shown(row), row.home.lineage
    return Visitor(row.home_id, role, wall_id=row.pk, wall_digest=row.digest, wall_as=shown, lineage=lineage)


def _named(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    return {name.lower(): value.decode("latin-1") for name, value in headers}


def _who(headers: dict[bytes, str], now: datetime) -> tuple[Asker | None, str]:
    """Whoever shows a token is its person and nobody else; else the session counts."""
    scheme, _space, text = headers.get(b"authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = tokens.bearer(text=text.strip(), now=now)
        return (access.token(token) if token else None), ""
    cookies = SimpleCookie(headers.get(b"cookie", ""))
    key = _value(cookies, settings.SESSION_COOKIE_NAME)
    user = _users_of([key], now).get(key)
    return (access.person(user), key) if user else (None, "")


def asker(one: Visitor, now: datetime) -> Asker:
    """Whoever stands behind a socket as they are now, whatever they were when it was opened. Raises Closed."""
    if one.token_id is not None:
        token = tokens.held(token_id=one.token_id, now=now)
        found = access.token(token) if token else None
    else:
        user = _users_of([one.session_key], now).get(one.session_key)
        found = access.person(user) if user else None
    if found is None:
        raise Closed(SIGNED_OUT)
    return found


def _value(cookies: SimpleCookie, name: str) -> str:
    morsel = cookies.get(name)
    return morsel.value if morsel else ""


def to_close(visitors: Iterable[Visitor]) -> dict[Visitor, int]:
    """Those who may no longer watch, and the code to tell them. Five queries, however many there are."""
    asked = set(visitors)
    # First: whose account goes between two of these queries was signed out, and not shown out of the home.
    people = {one.user_id for one in asked if one.user_id}
    rows = Membership.objects.filter(user_id__in=people).values_list("user_id", "home_id", "role")
    roles = {(user_id, home_id): role for user_id, home_id, role in rows}
    users = _users_of([one.session_key for one in asked if one.session_key], timezone.now())
    token_ids = [one.token_id for one in asked if one.token_id]
    held = set(Token.objects.valid(timezone.now()).filter(pk__in=token_ids).values_list("pk", flat=True))
    screens = Wall.objects.in_bulk([one.wall_id for one in asked if one.wall_id])
    verdicts = {
        one: _verdict_on_wall(one, screens.get(one.wall_id))
        if one.wall_id
        else _verdict(
            one,
            signed_in=one.token_id in held or one.session_key in users,
            role=roles.get((one.user_id or 0, one.home_id)),
        )
        for one in asked
    }
    return {one: code for one, code in verdicts.items() if code is not None}


def of_other_lineages(visitors: Iterable[Visitor], lineages: Mapping[int, str]) -> dict[Visitor, int]:
    """Those whose home was restored since they came, and the code to tell them; `lineages` by home."""
    return {one: COME_AGAIN for one in visitors if lineages.get(one.home_id, one.lineage) != one.lineage}


def _verdict(one: Visitor, *, signed_in: bool, role: str | None) -> int | None:
    if not signed_in:
        return SIGNED_OUT
    if not access.may(role, May.LOOK):
        return NOT_YOURS
    return COME_AGAIN if role != one.role else None


def _verdict_on_wall(one: Visitor, row: Wall | None) -> int | None:
    if row is None or row.digest != one.wall_digest:
        return SIGNED_OUT
    return COME_AGAIN if walls.shown(row) != one.wall_as else None


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
