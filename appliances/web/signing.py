"""Passwords given on pages: every try is counted before it is judged, and put on record."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from appliances.models import User
from appliances.models.decision import Action
from appliances.services import accounts, passwords
from appliances.services.throttle import Throttled


def confirm(request: HttpRequest, user: User, password: str) -> tuple[bool, str]:
    """Whether the password is theirs, and what to say where it does not count."""
    now = timezone.now()
    try:
        is_theirs = passwords.judge(user, password, facts=where(request), now=now)
    except Throttled as why:
        return False, str(why)
    if not is_theirs:
        return False, _("That is not your password.")
    record_authentication(request, user, method="password", reauthenticated=True)
    accounts.note(Action.CONFIRM, user, now=now, facts=where(request))
    return True, ""


def enter(request: HttpRequest, user: User) -> None:
    """Sign in somebody who has just chosen their password: with an invitation."""
    login(request, user)
    record_authentication(request, user, method="password")
    accounts.note(Action.SIGN_IN, user, now=timezone.now(), facts=where(request))


def where(request: HttpRequest) -> dict[str, Any]:
    """Where a person came from, as the record keeps it."""
    return {"address": address(request), "agent": request.headers.get("User-Agent", "")[:200]}


def address(request: HttpRequest) -> str:
    """Of the client: the server has put a trusted proxy's word for it here, and nobody else's."""
    return str(request.META.get("REMOTE_ADDR", ""))
