"""The shape all forms of the dashboard share: show it, carry it to a service, say what came back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from appliances.models import Home
from appliances.presentation import board, snapshot
from appliances.services.cleaning import InUse, Invalid
from appliances.services.turn import Changed, Refused
from appliances.web import answering
from appliances.web.forms import CarryingForm


def edit(
    request: HttpRequest,
    *,
    page: str,
    form: CarryingForm,
    home: Home,
    role: str,
    context: dict[str, object],
    save: Callable[[], Changed],
    done_text: str,
) -> HttpResponse:
    """GET shows the form; POST saves it, or shows it again with what is wrong (422) or does not fit (403)."""
    status = 200
    if request.method == "POST":
        status = _save(form, save)
        if status == 200:
            return answering.done(request, board.board(snapshot.read(home.pk), role), done_text)
    shown = {"form": form, "action": request.get_full_path(), "back_url": home_url(home), **context}
    return answering.form(request, page, shown, home.revision, status)


def _save(form: CarryingForm, save: Callable[[], Changed]) -> int:
    if not form.is_valid():
        return 422
    try:
        save()
    except Invalid as why:
        form.say_invalid(why)
        return 422
    except Refused as why:
        form.say_refused(why.decision)
        return 403
    return 200


def delete(
    request: HttpRequest, *, home: Home, role: str, title: str, text: str, remove: Callable[[], Changed]
) -> HttpResponse:
    """GET asks; POST does it, or says what stands in the way (409)."""
    why, status = "", 200
    if request.method == "POST":
        try:
            remove()
        except InUse as in_use:
            why, status = str(in_use), 409
        else:
            return answering.done(request, board.board(snapshot.read(home.pk), role), _("%s removed.") % title)
    context: dict[str, object] = {
        "title": _("Remove %s?") % title,
        "text": text,
        "problem": why,
        "action": request.get_full_path(),
        "back_url": home_url(home),
        "submit_text": _("Remove"),
    }
    return answering.form(request, "confirm_delete", context, home.revision, status)


def home_url(home: Home) -> str:
    return f"/homes/{home.slug}/"
