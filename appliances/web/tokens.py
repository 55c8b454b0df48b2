"""A person's own tokens: made, shown once, revoked."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appliances.models import Home, Token
from appliances.models.token import Scope
from appliances.presentation import machines
from appliances.services import tokens
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing
from appliances.web import addressing, asking, errors, guarding
from appliances.web.forms import CarryingForm
from appliances.web.guarding import Asked


class TokenForm(CarryingForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("What it is for, like “Home Assistant”.")
    )
    scope = forms.ChoiceField(choices=Scope.choices, initial=Scope.READ)
    lasts = forms.ChoiceField(
        label=gettext_lazy("Valid for"),
        choices=list(machines.LASTS.items()),
        initial="90",
        help_text=gettext_lazy("A token that is forgotten ends by itself."),
    )

    def scopes(self) -> list[machines.ScopeChoice]:
        return machines.scopes(str(self["scope"].value()))


@never_cache
@require_http_methods(["GET", "POST"])
@errors.named
def mine(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST makes one, whose text this answer alone shows."""
    form, status = TokenForm(request.POST or None), 200
    made: tuple[Token, str] | None = None
    asked: Asked | None = None
    if request.method == "POST":
        made, asked, status = _make(request, form)
    user, now = asking.person(request), timezone.now()
    home = Home.objects.of(user).first()
    rows = Token.objects.filter(user=user).order_by("-id")
    context = {
        "form": form if made is None else TokenForm(),
        "asked": asked,
        "made": made[0] if made else None,
        "text": made[1] if made else "",
        "curl": _curl(request, made[1]) if made else "",
        "tokens": machines.token_lines(rows, home.timezone if home else "UTC", now),
    }
    return render(request, "appliances/tokens.html", context, status=status)


def _make(request: HttpRequest, form: TokenForm) -> tuple[tuple[Token, str] | None, Asked | None, int]:
    if not form.is_valid():
        return None, None, 422
    asker, now = asking.of(request), timezone.now()
    days = int(form.cleaned_data["lasts"])
    try:
        made = tokens.make(
            user=asking.person(request),
            name=form.cleaned_data["name"],
            scope=form.cleaned_data["scope"],
            by=asker.by,
            now=now,
            expires_at=now + timedelta(days=days) if days else None,
        )
    except Invalid as why:
        form.say_invalid(why)
        return None, None, 422
    except guarding.NAMED as why:
        asked = guarding.asked(request, why)
        return None, asked, asked.status
    return made, None, 201


def _curl(request: HttpRequest, text: str) -> str:
    """A first call with it, to be pasted into a terminal."""
    return f'curl -H "Authorization: Bearer {text}" {addressing.whole(request, reverse("api:list_homes"))}'


@require_http_methods(["GET", "POST"])
@errors.named
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks; POST does it. Somebody else's is not there."""
    asker = asking.of(request)
    row = Token.objects.filter(user=asker.user, pk=pk).first()
    if row is None:
        raise Missing("There is no such token.")
    if request.method == "POST":
        tokens.revoke(token_id=row.pk, by=asker.by, now=timezone.now())
        messages.success(request, _("%s revoked.") % row.name)
        return redirect("tokens")
    context = {
        "title": _("Revoke %s?") % row.name,
        "text": _("Whatever uses it is refused from then on, and its sockets close. This cannot be undone."),
        "action": request.path,
        "back_url": reverse("tokens"),
        "submit_text": _("Revoke"),
    }
    return render(request, "appliances/confirm_delete.html", context)
