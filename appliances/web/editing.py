"""The shape all forms of the dashboard share: show it, carry it to a service, say what came back."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from appliances.models import Home
from appliances.presentation import board, snapshot, wording
from appliances.services import installer
from appliances.services.cleaning import InUse, Invalid
from appliances.services.lowering import PreviewChanged
from appliances.services.membership import LastOwner
from appliances.services.outcome import Changed, Refused
from appliances.web import answering, guarding
from appliances.web.forms import CarryingForm
from appliances.web.guarding import Asked


@dataclass(frozen=True, slots=True)
class Words:
    """What a page that asks before it takes something away says."""

    title: str
    submit: str
    done: str


@dataclass
class Preview:
    """What would be switched off to make it fit, and whether that is another list than was agreed to."""

    off: list[dict[str, Any]]
    is_new: bool

    @property
    def lines(self) -> list[dict[str, str]]:
        return [{"name": one["name"], "watts": wording.watts(Decimal(one["watts"]))} for one in self.off]

    @property
    def ids(self) -> str:
        return ",".join(str(one["id"]) for one in self.off)


def agreed(request: HttpRequest) -> list[int] | None:
    """The ids of a preview somebody agreed to; None where nobody was asked."""
    text = request.POST.get("shed", "")
    parts = text.split(",")
    return [int(part) for part in parts] if all(one.isdecimal() and len(one) < 19 for one in parts) else None


def edit(
    request: HttpRequest,
    *,
    page: str,
    form: CarryingForm,
    home: Home,
    role: str,
    context: dict[str, object],
    save: Callable[[], Changed],
    done_text: str = "",
    done: Callable[[], HttpResponse] | None = None,
    asks: Asked | None = None,
) -> HttpResponse:
    """GET shows the form; POST saves it, or shows it again with what is wrong (422) or does not fit (403).

    `done` answers in place of the home's board; `asks` is what the form is known to ask besides.
    """
    status, preview, asked = 200, None, asks
    if request.method == "POST":
        status, preview, asked = _save(request, form, save)
        if status == 200:
            return done() if done else answering.done(request, board.board(snapshot.read(home.pk), role), done_text)
        asked = asked or asks
    shown = {"form": form, "preview": preview, "asked": asked, "action": request.get_full_path()}
    return answering.form(request, page, {**shown, "back_url": home_url(home), **context}, home.revision, status)


def _save(
    request: HttpRequest, form: CarryingForm, save: Callable[[], Changed]
) -> tuple[int, Preview | None, Asked | None]:
    status, preview, asked = 422, None, None
    if not form.is_valid():
        return status, preview, asked
    try:
        save()
        status = 200
    except Invalid as why:
        form.say_invalid(why)
    except LastOwner as why:
        form.add_error(None, str(why))
        status = 409
    except PreviewChanged as why:
        status, preview = 409, Preview(why.off, is_new=True)
    except Refused as why:
        status = 403
        if installer.is_wrong_code(why):
            asked = guarding.asked(request, why)
        else:
            form.say_refused(why.decision)
            off = why.decision.facts.get("would_shed")
            preview = Preview(off, is_new=False) if off else None
    except guarding.NAMED as why:
        asked = guarding.asked(request, why)
        status = asked.status
    return status, preview, asked


def delete(
    request: HttpRequest,
    *,
    home: Home,
    role: str,
    title: str,
    text: str,
    remove: Callable[[], Changed],
    words: Words | None = None,
    done: Callable[[], HttpResponse] | None = None,
    back_url: str = "",
    asks: Asked | None = None,
) -> HttpResponse:
    """GET asks; POST does it, or says what stands in the way (409). `done` and `asks` as above."""
    why, status, asked = "", 200, asks
    words = words or Words(_("Remove %s?") % title, _("Remove"), _("%s removed.") % title)
    if request.method == "POST":
        try:
            remove()
        except (InUse, LastOwner) as in_the_way:
            why, status = str(in_the_way), 409
        except (Refused, *guarding.NAMED) as guarded:
            asked = guarding.asked(request, guarded)
            status = asked.status
        else:
            return done() if done else answering.done(request, board.board(snapshot.read(home.pk), role), words.done)
    context: dict[str, object] = {
        "title": words.title,
        "text": text,
        "problem": why,
        "asked": asked,
        "action": request.get_full_path(),
        "back_url": back_url or home_url(home),
        "submit_text": words.submit,
    }
    return answering.form(request, "confirm_delete", context, home.revision, status)


def home_url(home: Home) -> str:
    return f"/homes/{home.slug}/"
