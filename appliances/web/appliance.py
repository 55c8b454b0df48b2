"""Adding, editing and removing an appliance."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appliances.models import Appliance
from appliances.models.appliance import Kind
from appliances.services import access, appliance, presets
from appliances.services.access import May
from appliances.services.outcome import Missing
from appliances.web import answering, asking, editing, errors
from appliances.web.forms import ApplianceForm, RulesForm


@require_http_methods(["GET", "POST"])
@errors.named
def add(request: HttpRequest, slug: str) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.EDIT)
    begin = {"circuit": request.GET.get("circuit"), **presets.of(Kind.OTHER).fields()}
    url = reverse("appliance_rules", args=[slug])
    form = ApplianceForm(request.POST or None, home=home, rules_url=url, initial=begin)
    return editing.edit(
        request,
        page="appliance_form",
        form=form,
        home=home,
        role=role,
        context={
            "title": _("Add an appliance"),
            "submit_text": _("Add"),
            "rules_of": request.POST.get("rules_of", Kind.OTHER),
        },
        save=lambda: appliance.add(home_id=home.pk, wanted=form.wanted(), by=asker.by, now=timezone.now()),
        done_text=_("Appliance added."),
    )


@require_http_methods(["GET", "POST"])
@errors.named
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    asker, row = asking.of(request), _row(pk)
    role = access.require(asker=asker, home_id=row.home_id, capability=May.EDIT)
    initial = {name: getattr(row, name) for name in ("name", "rated", "circuit", "kind", "note", *appliance.RULES)}
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
        save=lambda: appliance.change(appliance_id=pk, wanted=form.wanted(), by=asker.by, now=timezone.now()),
        done_text=_("%s saved.") % row.name,
    )


@require_http_methods(["GET", "POST"])
@errors.named
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    asker, row = asking.of(request), _row(pk)
    role = access.require(asker=asker, home_id=row.home_id, capability=May.EDIT)
    text = _("It is on; its watts will be free again.") if row.is_on else _("Its record stays.")
    return editing.delete(
        request,
        home=row.home,
        role=role,
        title=row.name,
        text=text,
        remove=lambda: appliance.remove(appliance_id=pk, by=asker.by, now=timezone.now()),
    )


@require_safe
@errors.named
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The fieldset of the rules, as is usual for `?kind=`."""
    home, _role = access.home_at(asker=asking.of(request), slug=slug, capability=May.EDIT)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.OTHER
    form = RulesForm(initial=presets.of(kind).fields())
    return answering.piece(request, "rules", {"form": form, "rules_of": kind}, home.revision)


def _row(pk: int) -> Appliance:
    row = Appliance.objects.select_related("home").filter(pk=pk).first()
    if row is None:
        raise Missing("There is no such appliance.")
    return row
