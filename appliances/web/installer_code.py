"""The code that a home asks for before a limit is raised or a circuit is changed: setting it, and asking no more."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appliances.services import access, installer
from appliances.services.access import May
from appliances.services.outcome import Missing
from appliances.web import asking, editing, errors, guarding
from appliances.web.people_forms import InstallerCodeForm


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@errors.named
def change(request: HttpRequest, slug: str) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.MANAGE)
    form = InstallerCodeForm(request.POST or None)
    is_set = bool(home.installer_code)
    return editing.edit(
        request,
        page="people_form",
        form=form,
        home=home,
        role=role,
        context={
            "title": _("Change the installer code") if is_set else _("Ask for an installer code"),
            "text": _(
                "A home with an installer code asks for it before a limit is raised or a circuit is added, moved or "
                "removed. Switching, and everything that makes it safer, never asks."
            ),
            "submit_text": _("Save"),
            "delete_url": reverse("installer_code_remove", args=[slug]) if is_set else "",
        },
        save=lambda: installer.change(home_id=home.pk, code=form.wanted()["code"], by=asker.by, now=timezone.now()),
        done_text=_("The home asks for the new installer code from now on."),
        asks=guarding.beforehand(request, code=is_set),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@errors.named
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.MANAGE)
    if not home.installer_code:
        raise Missing("This home asks for no installer code.")
    return editing.delete(
        request,
        home=home,
        role=role,
        title=home.name,
        text=_("From then on every owner may raise limits and change circuits without it."),
        remove=lambda: installer.change(home_id=home.pk, code="", by=asker.by, now=timezone.now()),
        words=editing.Words(
            _("Ask for no installer code?"), _("Ask no more"), _("The home asks for no installer code any more.")
        ),
        asks=guarding.beforehand(request, code=True),
    )
