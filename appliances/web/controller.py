"""What VoltSafe may do by itself: off, observing or armed, and what it did or would have done."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appliances.models import Decision
from appliances.models.decision import Outcome
from appliances.presentation import board, modes, notices, telling
from appliances.presentation.views import Feed
from appliances.services import access, controlling, heartbeat
from appliances.services.access import May
from appliances.services.cleaning import Invalid
from appliances.web import asking, errors

WEEK = timedelta(days=7)
LATEST = 8


@require_http_methods(["GET", "POST"])
@errors.named
def controller(request: HttpRequest, slug: str) -> HttpResponse:
    asker, now = asking.of(request), timezone.now()
    if request.method == "POST":
        home, _role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
        try:
            controlling.set_mode(home_id=home.pk, mode=request.POST.get("mode", ""), by=asker.by, now=now)
        except Invalid as why:
            return errors.page(request, 400, _("Which one?"), " ".join(str(one) for one in why.errors["mode"]))
        messages.success(request, _("Saved."))
        return redirect("controller", slug=slug)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.LOOK)
    mode, ran_at = controlling.of(home).mode, heartbeat.last_run()
    observed = Decision.objects.filter(home=home, outcome=Outcome.OBSERVED, at__gte=now - WEEK)
    count = observed.count()
    context = {
        "modes": modes.choices(mode),
        "may_configure": access.may(role, May.CONFIGURE),
        "ran_text": modes.ran(home.timezone, ran_at, now),
        "pulse": notices.pulse(mode, home.timezone, ran_at, now),
        "would_have": telling.would_have(count) if count or mode == "observing" else "",
        "feed": Feed(board.lines(home, observed.order_by("-revision")[:LATEST]), ""),
        "home_name": home.name,
        "home_url": reverse("home", args=[slug]),
    }
    return render(request, "appliances/controller.html", context)
