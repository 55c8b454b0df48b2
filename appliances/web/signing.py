"""Signing in and confirming: every try is counted before it is judged, and what came of it is put on record."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appliances.models import User
from appliances.services import confirming, passwords, throttle
from appliances.services.fair_turn import TookTooLong
from appliances.services.throttle import Throttled, Try
from appliances.web import errors

View = Callable[..., HttpResponse]


def take(request: HttpRequest, tries: Iterable[Try]) -> None:
    """Count the tries; the page that had too many answers with how long to wait. Raises Throttled."""
    try:
        throttle.take(tries, timezone.now())
    except Throttled as why:
        request.voltsafe_wait = why.seconds  # type: ignore[attr-defined]
        raise


def judge(request: HttpRequest, user: User, password: str) -> str:
    """Why the password does not confirm that it is they; nothing where it does."""
    try:
        is_theirs = passwords.judge(user, password, facts=where(request), now=timezone.now())
    except Throttled as why:
        request.voltsafe_wait = why.seconds  # type: ignore[attr-defined]
        return str(why)
    return "" if is_theirs else _("That is not your password.")


def confirm(request: HttpRequest, user: User, password: str) -> tuple[bool, str]:
    """Whether the password is theirs, and what to say where it does not count."""
    problem = judge(request, user, password)
    if not problem:
        record_authentication(request, user, method="password", reauthenticated=True)
    return not problem, problem


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in somebody who has just chosen their password: after the welcome, or with an invitation."""
    record_authentication(request, user, method="password")
    answer: HttpResponse = perform_login(request, user)
    return answer


def ways(request: HttpRequest) -> list[str]:
    """What the session's person has shown so far, in this order, each once."""
    shown = [one.get("type") or one.get("method") for one in request.session.get(confirming.RECORDS) or []]
    return list(dict.fromkeys(shown))


def confirmed(view: View) -> View:
    """Only for who has shown within the last minutes that it is they; others confirm first and come back."""
    guarded: View = reauthentication_required(view, app="appliances")
    return guarded


def confirmed_to_post(view: View) -> View:
    """To look at it nothing is asked."""
    guarded: View = reauthentication_required(view, app="appliances", allow_get=True)
    return guarded


def answered(view: View) -> View:
    """For pages that judge: a form that comes back says so by its status, 422, or 429 and how long to wait."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def judged(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except TookTooLong:
            return errors.busy(request, _("Too much is going on at once. Try again in a moment."))
        seconds = getattr(request, "voltsafe_wait", 0)
        if seconds:
            answer.status_code = 429
            answer["Retry-After"] = str(seconds)
        elif request.method == "POST" and isinstance(answer, TemplateResponse) and answer.status_code == 200:
            answer.status_code = 422
        return answer

    return judged


def where(request: HttpRequest) -> dict[str, Any]:
    """Where a person came from, as the record keeps it."""
    return {"address": address(request), "agent": agent(request)}


def address(request: HttpRequest) -> str:
    """Of the client: the server has put a trusted proxy's word for it here, and nobody else's."""
    return str(request.META.get("REMOTE_ADDR", ""))


def agent(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:200]
