"""How an HTML answer leaves: fragments for htmx, a redirect or a page without it. The one place that asks which."""

import json
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString

from appliances.presentation import fragments, frames, wall, wall_frames
from appliances.presentation.views import Board
from appliances.presentation.wall import WallScreen
from appliances.web.commanding import Outcome

REVISION = "X-VoltSafe-Revision"
"""Tells the page which revision an answer shows, so that an answer that was overtaken changes nothing."""


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def in_pieces(parts: Sequence[SafeString], revision: int, status: int = 200) -> HttpResponse:
    answer = HttpResponse(fragments.joined(list(parts)), status=status)
    answer[REVISION] = str(revision)
    return answer


def decided(request: HttpRequest, new: Board, of: Outcome) -> HttpResponse:
    """After a command in a tile: what it touched and what is said in the tile, or back to the home's page."""
    if is_htmx(request):
        parts = frames.touched(new, [*of.appliances, of.said.appliance_id], of.circuits, queue=True)
        return in_pieces([*parts, fragments.answer(of.said)], new.revision, of.status)
    return _back(request, of, reverse("home", args=[new.home_slug]))


def decided_on_wall(request: HttpRequest, new: WallScreen, of: Outcome) -> HttpResponse:
    """The same on a screen on a wall."""
    if is_htmx(request):
        parts = wall_frames.touched(new, [*of.appliances, of.said.appliance_id])
        return in_pieces([*parts, fragments.answer(wall.held(of.said))], new.revision, of.status)
    return _back(request, of, reverse("wall"))


def _back(request: HttpRequest, of: Outcome, url: str) -> HttpResponse:
    if of.said.tone != "refused":
        return redirect(url)
    if of.refusal is None:
        messages.error(request, f"{of.said.text} {of.said.detail}".strip())
    query = f"?refused={of.refusal}" if of.refusal else ""
    return redirect(f"{url}{query}#answer-{of.said.appliance_id}")


def done(request: HttpRequest, new: Board, text: str) -> HttpResponse:
    """After a form succeeded: the whole board and a closed dialog, or back to the home's page."""
    if is_htmx(request):
        answer = HttpResponse(frames.full(new))
        answer[REVISION] = str(new.revision)
        answer["HX-Reswap"] = "none"
        answer["HX-Trigger"] = json.dumps({"voltsafe:done": {"text": text}})
        return answer
    messages.success(request, text)
    return redirect("home", slug=new.home_slug)


def onward(request: HttpRequest, url: str, text: str) -> HttpResponse:
    """After a form succeeded that changed no board: to the page at `url`, which says so."""
    messages.success(request, text)
    if is_htmx(request):
        answer = HttpResponse()
        answer["HX-Redirect"] = url
        return answer
    return redirect(url)


def shown_once(request: HttpRequest, page: str, context: dict[str, object]) -> HttpResponse:
    """What was made and is kept nowhere, browsers included: for the dialog, or a page of its own."""
    name = f"appliances/includes/{page}_body.html" if is_htmx(request) else f"appliances/{page}.html"
    answer = render(request, name, context, status=201)
    answer["Cache-Control"] = "no-store"
    answer[REVISION] = "0"
    return answer


def form(request: HttpRequest, page: str, context: dict[str, object], revision: int, status: int = 200) -> HttpResponse:
    """A form: its body for the dialog, or a page of its own."""
    name = "appliances/includes/form_body.html" if is_htmx(request) else f"appliances/{page}.html"
    answer = render(request, name, context, status=status)
    answer[REVISION] = str(revision)
    return answer


def piece(request: HttpRequest, name: str, context: dict[str, object], revision: int) -> HttpResponse:
    """A part of a form."""
    answer = render(request, f"appliances/includes/{name}.html", context)
    answer[REVISION] = str(revision)
    return answer
