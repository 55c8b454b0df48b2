"""Who asks in the administration, and what came with the form to show that they may."""

from dataclasses import replace

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from appliances.models import User
from appliances.services import actor, confirming, passwords
from appliances.services.actor import By
from appliances.services.throttle import Throttled

PASSWORD, CODE = "confirm_password", "given_code"
"""Fields of the forms that may ask: the person's password, the home's installer code."""


def by(request: HttpRequest) -> By:
    """Looked at once a request: a password that came with the form is a try at it."""
    known: By | None = getattr(request, "voltsafe_by", None)
    if known is None:
        known = _look(request)
        request.voltsafe_by = known  # type: ignore[attr-defined]
    return known


def problem(request: HttpRequest) -> str:
    """Why the password that came with the form did not count."""
    return getattr(request, "voltsafe_problem", "")


def _look(request: HttpRequest) -> By:
    user = request.user
    assert isinstance(user, User)
    confirmed = confirming.is_recent(request.session, user.pk, timezone.now())
    if not confirmed and (password := request.POST.get(PASSWORD, "")):
        said = _confirm(request, user, password)
        confirmed = not said
        request.voltsafe_problem = said  # type: ignore[attr-defined]
    return replace(actor.person(user, confirmed=confirmed), installer_code=request.POST.get(CODE, ""))


def _confirm(request: HttpRequest, user: User, password: str) -> str:
    """What to say where the password does not count; nothing where it does, and for a while no form asks again."""
    agent = request.headers.get("User-Agent", "")[:200]
    facts, now = {"address": str(request.META.get("REMOTE_ADDR", "")), "agent": agent}, timezone.now()
    try:
        if not passwords.judge(user, password, facts=facts, now=now):
            return _("That is not your password.")
    except Throttled as why:
        return str(why)
    record_authentication(request, user, method="password", reauthenticated=True)
    return ""
