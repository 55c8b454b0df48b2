"""What if several were on at once: nothing is switched, nothing is recorded, so everybody who may look may ask."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appliances.presentation import planning, snapshot
from appliances.services import access
from appliances.services.access import May
from appliances.web import answering, asking, errors

MOST = 10_000


@require_safe
@errors.named
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """`?on=3&on=7&asked` is a combination; without `asked` it begins with what is on."""
    home, _role = access.home_at(asker=asking.of(request), slug=slug, capability=May.LOOK)
    at = snapshot.read(home.pk, feed=0, read_before=home)
    named = [int(text) for text in request.GET.getlist("on")[:MOST] if text.isdecimal() and len(text) < 19]
    context = {
        "plan": planning.plan(at, named if "asked" in request.GET else planning.on_now(at)),
        "plan_url": reverse("plan", args=[slug]),
        "home_name": home.name,
        "home_url": reverse("home", args=[slug]),
    }
    name = "includes/plan_verdict" if answering.is_htmx(request) else "plan"
    return render(request, f"appliances/{name}.html", context)
