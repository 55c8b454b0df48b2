"""The first page ever: makes the owner's account and the home, once, for whoever holds the setup code."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appliances.services import home, setup, throttle
from appliances.services.cleaning import Invalid
from appliances.services.setup import AlreadySetUp
from appliances.services.throttle import Throttled
from appliances.web import errors, signing
from appliances.web.forms import WelcomeForm

FORM_NAMES = {"password": "password1", "name": "home_name", "limit": "limit_watts"}


@login_not_required
@signing.answered
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@errors.named
def welcome(request: HttpRequest) -> HttpResponse:
    if setup.is_set_up():
        return redirect("sign_in")
    form = WelcomeForm(request.POST or None)
    if request.method == "GET":
        return render(request, "appliances/welcome.html", {"form": form})
    if form.is_valid() and (problem := _problem_of_code(request, form.cleaned_data["setup_code"])):
        form.add_error("setup_code", problem)
    if form.is_valid():
        try:
            return _set_up(request, form.cleaned_data)
        except Invalid as why:
            form.say_invalid(Invalid({FORM_NAMES.get(name, name): text for name, text in why.errors.items()}))
        except AlreadySetUp:
            return redirect("sign_in")
    return render(request, "appliances/welcome.html", {"form": form}, status=422)


def _problem_of_code(request: HttpRequest, text: str) -> str:
    tries = throttle.setup(signing.address(request))
    try:
        signing.take(request, tries)
    except Throttled as why:
        return str(why)
    if not setup.is_setup_code(text):
        return _("That is not the code in the terminal.")
    throttle.succeeded(tries)
    return ""


def _set_up(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    in_watts = given["limit_mode"] == "watts"
    limit = given["limit_watts"] if in_watts else home.watts_of(given["amps"], given["volts"])
    wanted = {"name": given["home_name"], "limit": limit}
    if not in_watts:
        wanted["nominal_voltage"] = int(given["volts"])
    user, _changed = setup.set_up(
        username=given["username"],
        password=given["password1"],
        wanted_home=wanted,
        sample=given["sample_home"],
        now=timezone.now(),
    )
    return signing.enter(request, user)
