"""Adding, editing and removing an appliance."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appliances.models import Appliance
from appliances.services import access, actor, appliance
from appliances.services.access import May
from appliances.services.turn import Missing
from appliances.web import editing, errors
from appliances.web.forms import ApplianceForm
from appliances.web.switching import signed_in


@require_http_methods(["GET", "POST"])
@errors.named
def add(request: HttpRequest, slug: str) -> HttpResponse:
    user = signed_in(request)
    home, role = access.home_at(user=user, slug=slug, capability=May.EDIT)
    form = ApplianceForm(request.POST or None, home=home, initial={"circuit": request.GET.get("circuit")})
    return editing.edit(
        request,
        page="appliance_form",
        form=form,
        home=home,
        role=role,
        context={"title": _("Add an appliance"), "submit_text": _("Add")},
        save=lambda: appliance.add(home_id=home.pk, wanted=form.wanted(), by=actor.person(user), now=timezone.now()),
        done_text=_("Appliance added."),
    )


@require_http_methods(["GET", "POST"])
@errors.named
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, row = signed_in(request), _row(pk)
    role = access.require(user=user, home_id=row.home_id, capability=May.EDIT)
    initial = {name: getattr(row, name) for name in ("name", "rated", "circuit", "kind", "priority", "note")}
    form = ApplianceForm(request.POST or None, home=row.home, initial=initial)
    return editing.edit(
        request,
        page="appliance_form",
        form=form,
        home=row.home,
        role=role,
        context={
            "title": row.name,
            "submit_text": _("Save"),
            "delete_url": reverse("appliance_delete", args=[pk]),
        },
        save=lambda: appliance.change(appliance_id=pk, wanted=form.wanted(), by=actor.person(user), now=timezone.now()),
        done_text=_("%s saved.") % row.name,
    )


@require_http_methods(["GET", "POST"])
@errors.named
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    user, row = signed_in(request), _row(pk)
    role = access.require(user=user, home_id=row.home_id, capability=May.EDIT)
    text = _("It is on; its watts will be free again.") if row.is_on else _("Its record stays.")
    return editing.delete(
        request,
        home=row.home,
        role=role,
        title=row.name,
        text=text,
        remove=lambda: appliance.remove(appliance_id=pk, by=actor.person(user), now=timezone.now()),
    )


def _row(pk: int) -> Appliance:
    row = Appliance.objects.select_related("home").filter(pk=pk).first()
    if row is None:
        raise Missing("There is no such appliance.")
    return row
