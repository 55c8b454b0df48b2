"""The page behind an invitation's link: join with an account that is there, or with a new one."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appliances.models import Home, Invitation, User
from appliances.presentation import people as shown
from appliances.services import people, throttle
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing
from appliances.services.people import Expired
from appliances.services.throttle import LINK, Throttled, Try
from appliances.web import answering, errors, signing
from appliances.web.people_forms import JoinForm


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@errors.named
def join(request: HttpRequest, text: str) -> HttpResponse:
    """Looking at it changes nothing: apps that preview a link do not use it up."""
    try:
        row = people.invitation(text=text, now=timezone.now())
        user = request.user if isinstance(request.user, User) else None
        return _as_known(request, text, row, user) if user else _as_new(request, text, row)
    except Missing as why:
        return _no_invitation(request, why)


def _as_known(request: HttpRequest, text: str, row: Invitation, user: User) -> HttpResponse:
    belongs = Home.objects.of(user).filter(pk=row.home_id).exists()
    problem = ""
    if request.method == "POST":
        try:
            people.accept(text=text, user=user, now=timezone.now())
        except Invalid as why:
            problem = " ".join(one for texts in why.errors.values() for one in texts)
        else:
            return _arrived(request, row)
    context = {**_invitation(row), "joins_as": user.get_username(), "belongs": belongs, "problem": problem}
    return render(request, "appliances/join.html", context, status=409 if problem else 200)


def _as_new(request: HttpRequest, text: str, row: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"username": form.cleaned_data["username"], "password": form.cleaned_data["password1"]}
        try:
            user, _changed = people.accept_as_new(text=text, **given, now=timezone.now())
        except Invalid as why:
            form.say_invalid(why)
        else:
            signing.enter(request, user)
            return _arrived(request, row)
    sign_in_url = f"{reverse('sign_in')}?{urlencode({'next': request.path})}"
    context = {**_invitation(row), "form": form, "sign_in_url": sign_in_url}
    return render(request, "appliances/join.html", context, status=422 if form.errors else 200)


def _invitation(row: Invitation) -> dict[str, Any]:
    role, until = shown.role(row.role), shown.until_text(row.home, row)
    return {"name": row.name, "invited_to": row.home.name, "role": role, "until_text": until, "url": _home_url(row)}


def _arrived(request: HttpRequest, row: Invitation) -> HttpResponse:
    return answering.onward(request, _home_url(row), _("Welcome to %s.") % row.home.name)


def _home_url(row: Invitation) -> str:
    return reverse("home", args=[row.home.slug])


def _no_invitation(request: HttpRequest, why: Missing) -> HttpResponse:
    """A link that opens nothing counts as a try from its address; one that holds is never kept waiting."""
    try:
        throttle.take([Try(LINK, throttle.place(signing.address(request)))], timezone.now())
    except Throttled as slow:
        answer = errors.page(request, 429, _("Not so fast"), str(slow))
        answer["Retry-After"] = str(slow.seconds)
        return answer
    if isinstance(why, Expired):
        return errors.page(request, 410, _("This invitation is too old"), _("Ask whoever invited you for a new link."))
    text = _(
        "It was used or taken back, or the link is not whole. If you have joined already, sign in. "
        "Otherwise ask whoever invited you for a new link."
    )
    return errors.page(request, 404, _("No such invitation"), text)
