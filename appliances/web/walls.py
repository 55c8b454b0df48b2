"""The screens on the walls of a home, for its owners: added, changed, linked again, removed."""

from collections.abc import Callable, Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appliances.models import Home, Wall
from appliances.presentation import machines, qr
from appliances.services import access, walls
from appliances.services.access import Asker, May
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing
from appliances.web import addressing, asking, errors, guarding
from appliances.web.forms import CarryingForm
from appliances.web.guarding import Asked


class WallForm(CarryingForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Where it hangs, like “Hallway”.")
    )
    is_read_only = forms.BooleanField(
        label=gettext_lazy("Only looks"), required=False, help_text=gettext_lazy("Nothing can be switched on it.")
    )


class ChangedWallForm(WallForm):
    night_from = forms.TimeField(label=gettext_lazy("Dark from"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    night_until = forms.TimeField(
        label=gettext_lazy("Dark until"),
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text=gettext_lazy("By the home's clock. The same twice: never."),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@errors.named
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    """GET lists them; POST adds one, whose link this answer alone shows."""
    home, asker = _of(request, slug)
    form, asked, status = WallForm(request.POST or None), None, 200
    if request.method == "POST":
        made: list[tuple[Wall, str]] = []

        def add() -> None:
            values = form.cleaned_data
            _changed, row, text = walls.add(home_id=home.pk, **values, by=asker.by, now=timezone.now())
            made.append((row, text))

        status, asked = _tried(request, form, add)
        if made:
            return _link_shown(request, home, *made[0])
    rows = Wall.objects.filter(home=home).order_by("name", "id")
    lines = machines.wall_lines(home, rows, timezone.now())
    return render(
        request, "appliances/walls.html", {**_around(home), "form": form, "asked": asked, "walls": lines}, status=status
    )


@require_http_methods(["GET", "POST"])
@errors.named
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    home, asker = _of(request, slug)
    row = _row(home, pk)
    form, asked, status = (
        ChangedWallForm(request.POST or None, initial={n: getattr(row, n) for n in walls.FIELDS}),
        None,
        200,
    )
    if request.method == "POST":

        def save() -> None:
            walls.change(home_id=home.pk, wall_id=pk, wanted=form.wanted(), by=asker.by, now=timezone.now())

        status, asked = _tried(request, form, save)
        if status == 200:
            messages.success(request, _("%s saved.") % form.cleaned_data["name"])
            return redirect("walls", slug=slug)
    context = {"title": row.name, "form": form, "asked": asked, "submit_text": _("Save")}
    return _form(request, home, "wall_form", context, status)


@never_cache
@require_http_methods(["GET", "POST"])
@errors.named
def link_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """GET asks; POST makes the link, which this answer alone shows."""
    home, asker = _of(request, slug)
    row, asked, status = _row(home, pk), None, 200
    if request.method == "POST":
        try:
            made = walls.link_again(home_id=home.pk, wall_id=pk, by=asker.by, now=timezone.now())
        except guarding.NAMED as why:
            asked = guarding.asked(request, why)
            status = asked.status
        else:
            return _link_shown(request, home, *made)
    text = _("The screen that is linked now stays so until the new link is used.") if row.digest else ""
    context = {
        "title": _("A new link for %s?") % row.name,
        "text": text,
        "submit_text": _("Make a link"),
        "asked": asked,
    }
    return _form(request, home, "wall_form", context, status)


@require_http_methods(["GET", "POST"])
@errors.named
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """GET asks; POST does it."""
    home, asker = _of(request, slug)
    row = _row(home, pk)
    if request.method == "POST":
        walls.remove(home_id=home.pk, wall_id=pk, by=asker.by, now=timezone.now())
        messages.success(request, _("%s removed.") % row.name)
        return redirect("walls", slug=slug)
    text = _("Its screen shows nothing of the home from then on.")
    context = {"title": _("Remove %s?") % row.name, "text": text, "submit_text": _("Remove")}
    return _form(request, home, "confirm_delete", context)


def _of(request: HttpRequest, slug: str) -> tuple[Home, Asker]:
    asker = asking.of(request)
    home, _role = access.home_at(asker=asker, slug=slug, capability=May.MANAGE)
    return home, asker


def _row(home: Home, pk: int) -> Wall:
    row = Wall.objects.filter(home=home, pk=pk).first()
    if row is None:
        raise Missing("There is no such wall screen in this home.")
    return row


def _around(home: Home) -> dict[str, object]:
    return {"home_name": home.name, "home_url": reverse("home", args=[home.slug])}


def _tried(request: HttpRequest, form: CarryingForm, write: Callable[[], None]) -> tuple[int, Asked | None]:
    if not form.is_valid():
        return 422, None
    try:
        write()
    except Invalid as why:
        form.say_invalid(why)
        return 422, None
    except guarding.NAMED as why:
        asked = guarding.asked(request, why)
        return asked.status, asked
    return 200, None


def _form(
    request: HttpRequest, home: Home, page: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    back = {"action": request.path, "back_url": reverse("walls", args=[home.slug])}
    return render(request, f"appliances/{page}.html", {**_around(home), **back, **context}, status=status)


def _link_shown(request: HttpRequest, home: Home, row: Wall, text: str) -> HttpResponse:
    url = addressing.whole(request, reverse("wall_link", args=[text]))
    context = {
        "name": row.name,
        "url": url,
        "qr": qr.svg(url),
        "is_of_this_machine": addressing.is_of_this_machine(url),
        "walls_url": reverse("walls", args=[home.slug]),
    }
    return render(request, "appliances/wall_link_shown.html", {**_around(home), **context}, status=201)
