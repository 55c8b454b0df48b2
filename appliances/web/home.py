"""Adding a home and editing its name, limit and thresholds."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appliances.models import Home
from appliances.models.membership import Role
from appliances.services import access, home
from appliances.services.access import May
from appliances.services.outcome import Changed, Missing, as_done
from appliances.web import asking, editing, errors
from appliances.web.forms import HomeForm


@require_http_methods(["GET", "POST"])
@errors.named
def add(request: HttpRequest) -> HttpResponse:
    asker = asking.of(request)
    form = HomeForm(request.POST or None)
    made = Home()

    def save() -> Changed:
        changed = home.add(wanted=form.wanted(), owner=asker.user, by=asker.by, now=timezone.now())
        row = Home.objects.filter(pk=changed.home_id).first()
        with as_done(changed):
            if row is None:
                raise Missing("There is no such home.")
        made.__dict__.update(row.__dict__)
        return changed

    return editing.edit(
        request,
        page="home_form",
        form=form,
        home=made,
        role=Role.OWNER,
        context={"title": _("Add a home"), "submit_text": _("Add"), "back_url": "/?all"},
        save=save,
        done_text=_("Home added."),
    )


@require_http_methods(["GET", "POST"])
@errors.named
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    asker = asking.of(request)
    row, role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
    initial = {name: getattr(row, name) for name in home.FIELDS}
    initial[home.LIMIT] = home.main_of(row).limit
    form = HomeForm(request.POST or None, initial=initial)
    return editing.edit(
        request,
        page="home_form",
        form=form,
        home=row,
        role=role,
        context={"title": row.name, "submit_text": _("Save"), "aside": _to_the_code(row)},
        save=lambda: home.change(
            home_id=row.pk,
            wanted=form.wanted(),
            by=asker.by,
            now=timezone.now(),
            shed=editing.agreed(request),
        ),
        done_text=_("%s saved.") % row.name,
    )


def _to_the_code(row: Home) -> dict[str, str]:
    text = _("Change the installer code") if row.installer_code else _("Ask for an installer code")
    return {"url": reverse("installer_code", args=[row.slug]), "text": text}
