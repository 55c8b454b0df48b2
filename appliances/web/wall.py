"""A screen on the wall: linking it, what it shows, and the commands in its tiles. Its cookie says which it is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appliances.models import Appliance, Wall
from appliances.presentation import answers, snapshot, wall, wall_frames
from appliances.services import access, throttle, walls
from appliances.services.access import Asker, May
from appliances.services.outcome import Missing
from appliances.services.throttle import Try
from appliances.web import answering, commanding, errors, signing
from appliances.web.commanding import Reading

COOKIE_LASTS = 60 * 60 * 24 * 365
"""Seconds; every page and every refresh of it begins them anew."""


def of_a_wall(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the wall that the browser holds the secret of; to any other browser, say how it becomes one."""

    @login_not_required
    @never_cache
    @errors.named
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        secret = request.COOKIES.get(settings.WALL_COOKIE_NAME, "")
        row = walls.holding(secret=secret, now=timezone.now())
        return _not_linked(request, was=bool(secret)) if row is None else view(request, row, *args, **kwargs)

    return opened


@require_safe
@of_a_wall
def page(request: HttpRequest, row: Wall) -> HttpResponse:
    shown = _screen(row)
    earlier = answers.earlier(row.home_id, request.GET.get("refused", "")) if shown.may_switch else None
    context = {
        "screen": shown,
        "wall": row,
        "answer": wall.held(earlier) if earlier else None,
        "board_url": reverse("wall_board"),
    }
    return _kept(request, render(request, "appliances/wall.html", context))


@require_safe
@of_a_wall
def board_alone(request: HttpRequest, row: Wall) -> HttpResponse:
    """Everything that changes with the home, as the socket would push it: for polling, gaps and reconnects."""
    shown = _screen(row)
    return _kept(request, answering.in_pieces([wall_frames.full(shown)], shown.revision))


@require_POST
@of_a_wall
def switch(request: HttpRequest, row: Wall, pk: int) -> HttpResponse:
    on = request.POST.get("is_on") == "true"
    return _command(request, row, pk, commanding.switch, _("Switch %s on?") if on else _("Switch %s off?"))


@require_POST
@of_a_wall
def swap(request: HttpRequest, row: Wall, pk: int) -> HttpResponse:
    return _command(request, row, pk, commanding.swap, _("Make room and start %s?"))


@require_POST
@of_a_wall
def wait(request: HttpRequest, row: Wall, pk: int) -> HttpResponse:
    return _command(request, row, pk, commanding.wait, _("Start %s when there is room?"))


@require_POST
@of_a_wall
def cancel_wait(request: HttpRequest, row: Wall, pk: int) -> HttpResponse:
    return _command(request, row, pk, commanding.cancel_wait, _("Let %s wait no longer?"))


def _command(request: HttpRequest, row: Wall, pk: int, read: Reading, question: str) -> HttpResponse:
    asker = access.wall(row)
    wish = read(request, pk, asker.by)
    if not answering.is_htmx(request) and request.POST.get("sure") != "true":
        return _ask_again(request, asker, pk, question)
    outcome = commanding.carry_out(pk, asker, wish)
    return answering.decided_on_wall(
        request, wall.screen(snapshot.read(outcome.home_id, feed=0), outcome.role), outcome
    )


def _ask_again(request: HttpRequest, asker: Asker, pk: int, question: str) -> HttpResponse:
    """Without JavaScript nothing can be held: the tap is asked about once more."""
    access.at_appliance(asker=asker, appliance_id=pk, capability=May.SWITCH)
    name = Appliance.objects.values_list("name", flat=True).filter(pk=pk).first()
    if name is None:
        raise Missing("There is no such appliance.")
    carried = {key: request.POST[key] for key in ("is_on", "off") if key in request.POST}
    context = {"question": question % name, "carried": carried, "action": request.path, "wall_url": reverse("wall")}
    return render(request, "appliances/wall_sure.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
@errors.named
def link(request: HttpRequest, text: str) -> HttpResponse:
    """GET tells what the link would make of this screen; POST uses it, once."""
    now = timezone.now()
    tries = [Try(throttle.LINK, throttle.place(signing.address(request)))]
    throttle.take(tries, now)
    try:
        if request.method != "POST":
            row = walls.at_link(text=text, now=now)
            throttle.succeeded(tries)
            return render(request, "appliances/wall_link.html", {"wall": row, "home": row.home})
        row, secret = walls.link(text=text, now=now)
    except Missing as why:
        return errors.page(request, 404, _("This link does not work any more"), str(why))
    throttle.succeeded(tries)
    answer = redirect("wall")
    _keep(answer, secret)
    return answer


def _screen(row: Wall) -> wall.WallScreen:
    role = access.require(asker=access.wall(row), home_id=row.home_id, capability=May.LOOK)
    return wall.screen(snapshot.read(row.home_id, feed=0), role)


def _not_linked(request: HttpRequest, *, was: bool) -> HttpResponse:
    answer = render(request, "appliances/wall_not_linked.html", {"was_linked": was}, status=401)
    if answering.is_htmx(request):
        answer["HX-Refresh"] = "true"
    return answer


def _kept(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    _keep(answer, request.COOKIES[settings.WALL_COOKIE_NAME])
    return answer


def _keep(answer: HttpResponse, secret: str) -> None:
    answer.set_cookie(
        settings.WALL_COOKIE_NAME,
        secret,
        max_age=COOKIE_LASTS,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
