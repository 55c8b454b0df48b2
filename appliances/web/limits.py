"""Temporary limits: setting one, and lifting it before its end."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appliances.models import TemporaryLimit
from appliances.presentation import headroom, snapshot
from appliances.services import access, limits
from appliances.services.access import May
from appliances.services.outcome import Missing
from appliances.web import asking, editing, errors
from appliances.web.limit_form import LimitForm


@require_http_methods(["GET", "POST"])
@errors.named
def add(request: HttpRequest, slug: str) -> HttpResponse:
    asker, now = asking.of(request), timezone.now()
    home, role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
    with timezone.override(ZoneInfo(home.timezone)):
        form = LimitForm(request.POST or None, home=home, initial={"circuit": request.GET.get("circuit")})
        return editing.edit(
            request,
            page="limit_form",
            form=form,
            home=home,
            role=role,
            context={
                "title": _("Limit for a while"),
                "text": _(
                    "It ends by itself. What is on stays on, unless the controller is armed. Times are those of %s."
                )
                % home.timezone,
                "submit_text": _("Limit"),
            },
            save=lambda: limits.add(home_id=home.pk, wanted=form.of(now), by=asker.by, now=now),
            done_text=_("Limited."),
        )


@require_http_methods(["GET", "POST"])
@errors.named
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    asker = asking.of(request)
    row = TemporaryLimit.objects.select_related("home").filter(pk=pk).first()
    if row is None:
        raise Missing("There is no such temporary limit.")
    role = access.require(asker=asker, home_id=row.home_id, capability=May.CONFIGURE)
    at = snapshot.read(row.home_id, feed=0)
    if row.ends_at <= at.now:
        raise Missing("It is over.")
    name = at.tree.breaker(row.circuit_id).name
    return editing.delete(
        request,
        home=row.home,
        role=role,
        title=name,
        text=f"{headroom.limit_text(at, row.pk)}.",
        remove=lambda: limits.remove(limit_id=pk, by=asker.by, now=timezone.now()),
        words=editing.Words(_("Lift the limit of %s?") % name, _("Lift"), _("Lifted.")),
    )
