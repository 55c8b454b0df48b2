"""The record of a home, newest first, page by page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appliances.models import Decision
from appliances.presentation import board
from appliances.presentation.views import Feed
from appliances.services import access
from appliances.services.access import May
from appliances.web import asking, errors

PAGE = 50


@require_safe
@errors.named
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    home, _role = access.home_at(asker=asking.of(request), slug=slug, capability=May.LOOK)
    before = request.GET.get("before", "")
    rows = Decision.objects.filter(home=home).order_by("-revision")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(revision__lt=int(before))
    found = list(rows[: PAGE + 1])
    url = reverse("decisions", args=[slug])
    context = {
        "feed": Feed(tuple(board.line(home, row) for row in found[:PAGE]), url),
        "next_url": f"{url}?before={found[PAGE - 1].revision}" if len(found) > PAGE else "",
        "home_name": home.name,
        "home_url": reverse("home", args=[slug]),
    }
    return render(request, "appliances/decisions.html", context)
