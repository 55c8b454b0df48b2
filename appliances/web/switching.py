"""The commands in a tile of the board: switch, swap, wait for room, wait no longer. POST only."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from appliances.presentation import board, snapshot
from appliances.web import answering, asking, commanding, errors
from appliances.web.commanding import Reading


@require_POST
@errors.named
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    return _command(request, pk, commanding.switch)


@require_POST
@errors.named
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    return _command(request, pk, commanding.swap)


@require_POST
@errors.named
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    return _command(request, pk, commanding.wait)


@require_POST
@errors.named
def cancel_wait(request: HttpRequest, pk: int) -> HttpResponse:
    return _command(request, pk, commanding.cancel_wait)


def _command(request: HttpRequest, pk: int, read: Reading) -> HttpResponse:
    asker = asking.of(request)
    outcome = commanding.carry_out(pk, asker, read(request, pk, asker.by))
    return answering.decided(request, board.board(snapshot.read(outcome.home_id), outcome.role), outcome)
