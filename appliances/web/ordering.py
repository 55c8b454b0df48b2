"""The home's order: who is kept on longest, and who makes room first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appliances.presentation import importance, snapshot
from appliances.services import access, ordering
from appliances.services.access import May
from appliances.services.cleaning import Invalid
from appliances.web import asking, errors


@require_http_methods(["GET", "POST"])
@errors.named
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """POST says `move=up-7`, or the whole `order=3,7,1`; the answer is the page again, with the moved one in focus."""
    asker = asking.of(request)
    if request.method == "POST":
        home, _role = access.home_at(asker=asker, slug=slug, capability=May.EDIT)
        return _change(request, home.pk, slug)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.LOOK)
    at = snapshot.read(home.pk, feed=0, read_before=home)
    context = {
        "lines": importance.lines(at),
        "may_edit": access.may(role, May.EDIT),
        "moved": request.GET.get("moved", ""),
        "order_url": reverse("order", args=[slug]),
        "home_name": home.name,
        "home_url": reverse("home", args=[slug]),
    }
    return render(request, "appliances/order.html", context)


def _change(request: HttpRequest, home_id: int, slug: str) -> HttpResponse:
    by, now = asking.of(request).by, timezone.now()
    move, whole = request.POST.get("move", ""), request.POST.get("order", "")
    direction, _dash, number = move.partition("-")
    here = reverse("order", args=[slug])
    try:
        if whole:
            ordering.change(home_id=home_id, wanted=_numbers(whole), by=by, now=now)
        elif direction in {"up", "down"} and _is_id(number):
            ordering.move(appliance_id=int(number), home_id=home_id, up=direction == "up", by=by, now=now)
            here += f"?moved={move}"
        else:
            return errors.page(request, 400, _("Which way?"), _("Say move=up-7, or order=3,7,1."))
    except Invalid as why:
        if _is_fetched(request):
            return HttpResponse(status=409)
        messages.error(request, " ".join(str(text) for texts in why.errors.values() for text in texts))
    return HttpResponse(status=204) if _is_fetched(request) else redirect(here)


def _is_fetched(request: HttpRequest) -> bool:
    """By the page itself, which has moved it already."""
    return request.headers.get("X-Requested-With") == "fetch"


def _numbers(text: str) -> list[int]:
    parts = text.split(",")
    if not all(_is_id(part) for part in parts):
        raise Invalid({"order": [_("Say order=3,7,1: every appliance once, the most important first.")]})
    return [int(part) for part in parts]


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 19
