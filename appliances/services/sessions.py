"""Where a person is signed in: begun, seen again, listed and ended; whatever ends one ends its sockets too.

The session itself says when it is over, so that every request and every socket finds out without asking here.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from appliances.models import User
from appliances.models.decision import Action, Subject
from appliances.services import durable, recording
from appliances.services.actor import By
from appliances.services.outcome import Missing

LASTS = timedelta(days=30)
"""From signing in, however much it is used; ASVS 5.0, 7.3.2."""

IDLE = timedelta(days=14)
"""Without being used; ASVS 5.0, 7.3.1."""

NOTE_EVERY = timedelta(minutes=5)
"""How exactly it is kept when one was last seen; finer would cost a write a request."""

IN_PASSING = 0.5
"""Seconds that a request waits for its turn to say that its session is used."""

SINCE, SEEN = "voltsafe_since", "voltsafe_seen"

NOWHERE = "0.0.0.0"  # noqa: S104
"""For a client without an address, as on a socket file: the column wants one."""


def begin(session: SessionBase, user: User, *, now: datetime, address: str, agent: str) -> None:
    """The person has just signed in here; the session has its key already."""
    first = {"created_at": now, "ip": address or NOWHERE, "user_agent": agent[:200]}
    _note(session, user, first, since=now.timestamp(), now=now, patience=recording.PATIENCE)


def seen(session: SessionBase, user: User, *, now: datetime, address: str, agent: str) -> None:
    """It is used. Free of queries but once in NOTE_EVERY."""
    if SINCE not in session:
        begin(session, user, now=now, address=address, agent=agent)
    elif now.timestamp() - session.get(SEEN, 0) >= NOTE_EVERY.total_seconds():
        where = {"ip": address or NOWHERE, "user_agent": agent[:200]}
        _note(session, user, where, since=session[SINCE], now=now, patience=IN_PASSING)


def of(user: User, now: datetime) -> list[UserSession]:
    """Those that still hold, the last used first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return list(UserSession.objects.filter(Exists(alive), user_id=user.pk).order_by("-last_seen_at", "-id"))


def end(*, user: User, session_id: int, by: By, now: datetime) -> None:
    """One of them. Raises Missing, TookTooLong."""

    def step() -> None:
        if not drop(user, only=session_id):
            raise Missing("You are not signed in there any more.")
        record_end(user, 1, by=by, now=now)

    durable.run(step, patience=recording.PATIENCE)


def end_others(*, user: User, keep: str, by: By, now: datetime) -> int:
    """All but the one with this key; tells how many. Raises TookTooLong."""

    def step() -> int:
        count = drop(user, keep=keep)
        if count:
            record_end(user, count, by=by, now=now)
        return count

    return durable.run(step, patience=recording.PATIENCE)


def moved(before: str, after: str) -> None:
    """The same session has another key now, as after a new password."""
    UserSession.objects.filter(session_key=before).update(session_key=after)


def forget(key: str) -> None:
    """It was signed out of."""
    UserSession.objects.filter(session_key=key).delete()


def prune(now: datetime) -> int:
    """Forget what is over; tells how many."""
    gone, _by_model = Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive), last_seen_at__lt=now - NOTE_EVERY).delete()
    return gone


def drop(user: User, *, keep: str = "", only: int | None = None) -> int:
    """Inside the transaction of whatever ends them; tells how many there were."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=keep)
    if only is not None:
        rows = rows.filter(pk=only)
    else:
        _list_all(user)
    keys = list(rows.values_list("session_key", flat=True))
    ended, _by_model = Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return ended


def _list_all(user: User) -> None:
    """Those too that were never seen since VoltSafe keeps a list of them."""
    listed = UserSession.objects.filter(session_key=OuterRef("session_key"))
    for row in Session.objects.filter(~Exists(listed)):
        if str(row.get_decoded().get(SESSION_KEY)) == str(user.pk):
            UserSession.objects.get_or_create(session_key=row.session_key, defaults={"user": user, "ip": NOWHERE})


def record_end(user: User, count: int, *, by: By, now: datetime) -> None:
    name, facts = user.get_username(), {"count": count}
    recording.of_account(Action.END_SESSIONS, Subject.PERSON, user.pk, name, by=by, now=now, about=user, facts=facts)


def _note(
    session: SessionBase, user: User, columns: dict[str, Any], *, since: float, now: datetime, patience: float
) -> None:
    found = {**columns, "user": user, "last_seen_at": now}
    key = session.session_key
    # First: where it cannot be written, the session is none that has to be saved.
    durable.run(lambda: UserSession.objects.update_or_create(session_key=key, defaults=found), patience=patience)
    session[SINCE], session[SEEN] = since, now.timestamp()
    session.set_expiry(min(datetime.fromtimestamp(since, tz=now.tzinfo) + LASTS, now + IDLE))
