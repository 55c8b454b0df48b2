"""What a form has to ask besides, before it may do what it is for: who it is, and the home's installer code."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from appliances.presentation import wording
from appliances.services.confirming import ConfirmFirst
from appliances.services.installer import InstallerCodeNeeded
from appliances.services.outcome import Refused
from appliances.services.throttle import Throttled
from appliances.web import asking

NAMED = (ConfirmFirst, InstallerCodeNeeded, Throttled)


@dataclass(frozen=True, slots=True)
class Asked:
    """For `includes/asked.html`: which fields to show, what to say, and the status to answer with."""

    confirm: bool
    code: bool
    text: str
    status: int = 403


def asked(request: HttpRequest, why: Exception) -> Asked:
    """What came in the way (one of NAMED, or the refusal of a wrong installer code)."""
    has_code = asking.INSTALLER_CODE in request.POST
    match why:
        case ConfirmFirst():
            return Asked(confirm=True, code=has_code, text=asking.problem(request) or str(why))
        case Throttled():
            return Asked(confirm=False, code=True, text=str(why), status=429)
        case Refused():
            return Asked(confirm=False, code=True, text=wording.decision(why.decision))
    return Asked(confirm=False, code=True, text=str(why))


def beforehand(request: HttpRequest, *, code: bool = False) -> Asked | None:
    """What a form that always asks besides can ask at once: the person, unless they have just shown it is they."""
    confirm = not asking.of(request).by.confirmed
    if not (confirm or code):
        return None
    text = _("Show that it is you.") if confirm else _("Give the code that is set now.")
    return Asked(confirm=confirm, code=code, text=asking.problem(request) or text, status=200)
