"""The commands in a tile: switch, swap, wait for room, wait no longer. POST only."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from appliances.presentation import answers, board, snapshot
from appliances.services import access, switching, waiting
from appliances.services.access import May
from appliances.services.cleaning import Invalid
from appliances.services.turn import Busy, Changed, Refused
from appliances.web import answering, asking, errors

STATES = {"true": True, "false": False}


@require_POST
@errors.named
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    on = STATES.get(request.POST.get("is_on", ""))
    if on is None:
        return errors.page(request, 400, "Which way?", "Say is_on=true or is_on=false.")
    by = asking.of(request).by
    return _command(request, pk, lambda: switching.switch(appliance_id=pk, on=on, by=by, now=timezone.now()))


@require_POST
@errors.named
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    text = ",".join(request.POST.getlist("off"))
    numbers = [part for part in text.split(",") if part]
    if not all(part.isdecimal() and len(part) < 19 for part in numbers) or str(pk) in numbers:
        return errors.page(request, 400, "Which ones?", "Say off=3,7: the appliances to switch off.")
    off = [int(part) for part in numbers]
    by = asking.of(request).by
    return _command(request, pk, lambda: switching.swap(on_id=pk, off_ids=off, by=by, now=timezone.now()))


@require_POST
@errors.named
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    by = asking.of(request).by
    return _command(request, pk, lambda: waiting.ask(appliance_id=pk, by=by, now=timezone.now()))


@require_POST
@errors.named
def cancel_wait(request: HttpRequest, pk: int) -> HttpResponse:
    by = asking.of(request).by
    return _command(request, pk, lambda: waiting.cancel(appliance_id=pk, by=by, now=timezone.now()))


def _command(request: HttpRequest, pk: int, run: Callable[[], Changed]) -> HttpResponse:
    home_id = switching.home_of(pk)
    role = access.require(asker=asking.of(request), home_id=home_id, capability=May.SWITCH)
    said, status, revision = answers.done(pk), 200, None
    appliances: tuple[int, ...] = (pk,)
    circuits: tuple[int, ...] = ()
    try:
        changed = run()
        appliances, circuits = changed.appliances, changed.circuits
    except Refused as why:
        said, status, revision = answers.refused(why.decision), 403, why.decision.revision
    except Invalid as why:
        said, status = answers.invalid(pk, " ".join(str(text) for texts in why.errors.values() for text in texts)), 422
    except Busy:
        said, status = answers.busy(pk), 503
    new = board.board(snapshot.read(home_id), role)
    return answering.decided(
        request, new, said, appliances=appliances, circuits=circuits, status=status, decision_revision=revision
    )
