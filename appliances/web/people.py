"""Who belongs to a home: inviting, changing roles, removing, leaving."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appliances.models import Home, Invitation, Membership
from appliances.presentation import people as shown
from appliances.presentation import qr
from appliances.services import access, people
from appliances.services.access import May
from appliances.services.outcome import Changed, Missing
from appliances.web import addressing, answering, asking, editing, errors, guarding
from appliances.web.people_forms import InviteForm, RoleForm


@require_safe
@errors.named
def members(request: HttpRequest, slug: str) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.LOOK)
    may_manage = access.may(role, May.MANAGE)
    context = {
        "people": shown.members(home, asker_id=asking.person(request).pk, may_manage=may_manage),
        "invited": shown.invited(home, timezone.now()) if may_manage else (),
        "roles": shown.roles(),
        "may_manage": may_manage,
        "invite_url": reverse("people_invite", args=[slug]),
        "leave_url": reverse("people_leave", args=[slug]),
        "home_name": home.name,
        "home_url": reverse("home", args=[slug]),
    }
    return render(request, "appliances/people.html", context)


@require_http_methods(["GET", "POST"])
@errors.named
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.MANAGE)
    form = InviteForm(request.POST or None)
    made: list[tuple[Invitation, str]] = []

    def save() -> Changed:
        changed, row, text = people.invite(home_id=home.pk, **form.wanted(), by=asker.by, now=timezone.now())
        made.append((row, text))
        return changed

    return editing.edit(
        request,
        page="people_form",
        form=form,
        home=home,
        role=role,
        context={"title": _("Invite somebody"), "submit_text": _("Make the link"), "back_url": url(slug)},
        save=save,
        done=lambda: _made(request, home, *made[-1]),
        asks=guarding.beforehand(request),
    )


def _made(request: HttpRequest, home: Home, row: Invitation, text: str) -> HttpResponse:
    """The only time that the link is shown: it is not kept."""
    link = addressing.whole(request, reverse("join", args=[text]))
    context: dict[str, object] = {
        "name": row.name,
        "role": shown.role(row.role),
        "until_text": shown.until_text(home, row),
        "link": link,
        "qr": qr.svg(link),
        "is_of_this_machine": addressing.is_of_this_machine(link),
        "people_url": url(home.slug),
        "home_name": home.name,
        "home_url": reverse("home", args=[home.slug]),
    }
    return answering.shown_once(request, "invited", context)


@require_http_methods(["GET", "POST"])
@errors.named
def change_role(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.MANAGE)
    row = _member(home, pk)
    form = RoleForm(request.POST or None, initial={"role": row.role})
    return editing.edit(
        request,
        page="people_form",
        form=form,
        home=home,
        role=role,
        context={
            "title": row.user.get_username(),
            "submit_text": _("Save"),
            "delete_url": reverse("person_remove", args=[slug, pk]),
            "back_url": url(slug),
        },
        save=lambda: people.change_role(
            home_id=home.pk, user_id=pk, role=form.wanted()["role"], by=asker.by, now=timezone.now()
        ),
        done=lambda: answering.onward(request, url(slug), _("%s saved.") % row.user.get_username()),
        asks=guarding.beforehand(request),
    )


@require_http_methods(["GET", "POST"])
@errors.named
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.MANAGE)
    name = _member(home, pk).user.get_username()
    gone_to = reverse("home_list") if pk == asking.person(request).pk else url(slug)
    return editing.delete(
        request,
        home=home,
        role=role,
        title=name,
        text=_("From then on this home is closed to %s. The account and the record stay.") % name,
        remove=lambda: people.remove(home_id=home.pk, user_id=pk, by=asker.by, now=timezone.now()),
        done=lambda: answering.onward(request, gone_to, _("%s removed.") % name),
        back_url=url(slug),
    )


@require_http_methods(["GET", "POST"])
@errors.named
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    asker, user = asking.of(request), asking.person(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.LOOK)
    return editing.delete(
        request,
        home=home,
        role=role,
        title=home.name,
        text=_("You will not see this home any more, until an owner invites you again."),
        remove=lambda: people.remove(home_id=home.pk, user_id=user.pk, by=asker.by, now=timezone.now()),
        words=editing.Words(_("Leave %s?") % home.name, _("Leave"), ""),
        done=lambda: answering.onward(request, reverse("home_list"), _("You left %s.") % home.name),
        back_url=url(slug),
    )


@require_http_methods(["GET", "POST"])
@errors.named
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    asker = asking.of(request)
    home, role = access.home_at(asker=asker, slug=slug, capability=May.MANAGE)
    row = Invitation.objects.filter(home=home, pk=pk).first()
    if row is None:
        raise Missing("There is no such invitation; perhaps it was used a moment ago.")
    return editing.delete(
        request,
        home=home,
        role=role,
        title=row.name,
        text=_("Its link opens nothing from then on."),
        remove=lambda: people.uninvite(home_id=home.pk, invitation_id=pk, by=asker.by, now=timezone.now()),
        words=editing.Words(_("Take back the invitation for %s?") % row.name, _("Take back"), ""),
        done=lambda: answering.onward(request, url(slug), _("Invitation taken back.")),
        back_url=url(slug),
    )


def url(slug: str) -> str:
    return reverse("people", args=[slug])


def _member(home: Home, user_id: int) -> Membership:
    row = Membership.objects.select_related("user").filter(home=home, user=user_id).first()
    if row is None:
        raise Missing("There is no such person in this home.")
    return row
