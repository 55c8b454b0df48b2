"""The commands in a tile, from a request to what came of it: the same for a person's board and for a wall screen."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from appliances.presentation import answers
from appliances.presentation.views import Answer
from appliances.services import access, switching, waiting
from appliances.services.access import Asker, May
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Busy, Changed, Refused
from appliances.web.errors import Unclear

STATES = {"true": True, "false": False}

Wish = Callable[[], Changed]
Reading = Callable[[HttpRequest, int, By], Wish]
"""From a request about an appliance to what it asks for. Raises Unclear."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: in which home, for which role, what the tile says, and what was touched."""

    home_id: int
    role: str
    said: Answer
    status: int = 200
    appliances: tuple[int, ...] = ()
    circuits: tuple[int, ...] = ()
    refusal: int | None = None
    """The revision of the recorded refusal."""


def switch(request: HttpRequest, pk: int, by: By) -> Wish:
    on = STATES.get(request.POST.get("is_on", ""))
    if on is None:
        raise Unclear("Which way?", "Say is_on=true or is_on=false.")
    return lambda: switching.switch(appliance_id=pk, on=on, by=by, now=timezone.now())


def swap(request: HttpRequest, pk: int, by: By) -> Wish:
    text = ",".join(request.POST.getlist("off"))
    numbers = [part for part in text.split(",") if part]
    if not all(part.isdecimal() and len(part) < 19 for part in numbers) or str(pk) in numbers:
        raise Unclear("Which ones?", "Say off=3,7: the appliances to switch off.")
    off = [int(part) for part in numbers]
    return lambda: switching.swap(on_id=pk, off_ids=off, by=by, now=timezone.now())


def wait(request: HttpRequest, pk: int, by: By) -> Wish:
    return lambda: waiting.ask(appliance_id=pk, by=by, now=timezone.now())


def cancel_wait(request: HttpRequest, pk: int, by: By) -> Wish:
    return lambda: waiting.cancel(appliance_id=pk, by=by, now=timezone.now())


def carry_out(pk: int, asker: Asker, wish: Wish) -> Outcome:
    """Ask the policy, then the service; what it says no with is said in the tile. Raises Missing, Forbidden."""
    home_id = switching.home_of(pk)
    role = access.require(asker=asker, home_id=home_id, capability=May.SWITCH)
    try:
        changed = wish()
    except Refused as why:
        return Outcome(home_id, role, answers.refused(why.decision), 403, (pk,), refusal=why.decision.revision)
    except Invalid as why:
        text = " ".join(str(text) for texts in why.errors.values() for text in texts)
        return Outcome(home_id, role, answers.invalid(pk, text), 422, (pk,))
    except Busy:
        return Outcome(home_id, role, answers.busy(pk), 503, (pk,))
    return Outcome(home_id, role, answers.done(pk), 200, changed.appliances, changed.circuits)
