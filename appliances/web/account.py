"""A person's own account: how they sign in, their password, and where they are signed in."""

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from appliances.presentation import account as shown
from appliances.services import accounts, actor, sessions
from appliances.services.cleaning import Invalid
from appliances.web import asking, errors, signing
from appliances.web.forms import CarryingForm


class PasswordForm(CarryingForm):
    old = forms.CharField(
        label=gettext_lazy("Your password now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters, and none of those that everybody takes."),
    )
    again = forms.CharField(
        label=gettext_lazy("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("password", self.cleaned_data["again"]):
            raise forms.ValidationError(_("The two passwords differ."))
        return str(self.cleaned_data["again"])


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "appliances/account.html", {"lines": shown.lines(asking.person(request), timezone.now())})


@signing.answered
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user, form = asking.person(request), PasswordForm(request.POST or None)
    if form.is_valid():
        if problem := signing.judge(request, user, form.cleaned_data["old"]):
            form.add_error("old", problem)
        elif _changed(request, form):
            return redirect("account")
    context = {
        "form": form,
        "title": _("Change your password"),
        "text": _("Everywhere else you are signed out."),
        "submit_text": _("Change it"),
        "back_url": "/account/",
    }
    return render(request, "appliances/account_form.html", context, status=422 if form.is_bound else 200)


def _changed(request: HttpRequest, form: PasswordForm) -> bool:
    user, keep = asking.person(request), request.session.session_key or ""
    try:
        new = accounts.set_password(
            user_id=user.pk,
            password=form.cleaned_data["password"],
            by=actor.person(user, confirmed=True),
            now=timezone.now(),
            keep=keep,
        )
    except Invalid as why:
        form.say_invalid(why)
        return False
    update_session_auth_hash(request, new)
    messages.success(request, _("Your password is changed."))
    return True


@signing.answered
@errors.named
@require_http_methods(["GET", "POST"])
@signing.confirmed_to_post
def places(request: HttpRequest) -> HttpResponse:
    user, now, key = asking.person(request), timezone.now(), request.session.session_key or ""
    if request.method == "GET":
        found = shown.places(user, key, now)
        has_others = any(not one.is_here for one in found)
        return render(request, "appliances/places.html", {"places": found, "has_others": has_others})
    if "others" in request.POST:
        count = sessions.end_others(user=user, keep=key, by=actor.person(user), now=now)
        done = ngettext("Signed out in %d place.", "Signed out in %d places.", count) % count
    else:
        text = request.POST.get("place", "")
        place = int(text) if text.isdecimal() and len(text) < 19 else 0
        sessions.end(user=user, session_id=place, by=actor.person(user), now=now)
        done = _("Signed out there.")
    messages.success(request, done)
    return redirect("usersessions_list")
