"""Adding, editing and removing a circuit."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appliances.models import Circuit
from appliances.services import access, circuit
from appliances.services.access import May
from appliances.services.outcome import Missing
from appliances.web import asking, editing, errors
from appliances.web.forms import CircuitForm


@require_http_methods(["GET", "POST"])
@errors.named
def add(request: HttpRequest, slug: str) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
    form = CircuitForm(request.POST or None, home=home)
    return editing.edit(
        request,
        page="circuit_form",
        form=form,
        home=home,
        role=role,
        context={"title": _("Add a circuit"), "submit_text": _("Add")},
        save=lambda: circuit.add(home_id=home.pk, wanted=form.wanted(), by=asker.by, now=timezone.now()),
        done_text=_("Circuit added."),
    )


@require_http_methods(["GET", "POST"])
@errors.named
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    asker, row = asking.of(request), _row(pk)
    role = access.require(asker=asker, home_id=row.home_id, capability=May.CONFIGURE)
    initial = {name: getattr(row, name) for name in ("name", "limit", "parent")}
    form = CircuitForm(request.POST or None, home=row.home, circuit=row, initial=initial)
    return editing.edit(
        request,
        page="circuit_form",
        form=form,
        home=row.home,
        role=role,
        context={
            "title": row.name,
            "submit_text": _("Save"),
            "delete_url": reverse("circuit_delete", args=[pk]),
        },
        save=lambda: circuit.change(
            circuit_id=pk,
            wanted=form.wanted(),
            by=asker.by,
            now=timezone.now(),
            shed=editing.agreed(request),
        ),
        done_text=_("%s saved.") % row.name,
    )


@require_http_methods(["GET", "POST"])
@errors.named
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    asker, row = asking.of(request), _row(pk)
    role = access.require(asker=asker, home_id=row.home_id, capability=May.CONFIGURE)
    return editing.delete(
        request,
        home=row.home,
        role=role,
        title=row.name,
        text=_("Its record stays."),
        remove=lambda: circuit.remove(circuit_id=pk, by=asker.by, now=timezone.now()),
    )


def _row(pk: int) -> Circuit:
    row = Circuit.objects.select_related("home").filter(pk=pk).first()
    if row is None:
        raise Missing("There is no such circuit.")
    return row
