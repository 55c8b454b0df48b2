"""What is said to the one who asked, made from the recorded decision."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appliances.models import Decision
from appliances.models.decision import Action, Outcome, Subject
from appliances.presentation import wording
from appliances.presentation.addresses import address
from appliances.presentation.views import Answer, WayOut

TO_SWITCH = {Action.SWITCH_ON, Action.SWAP}


def refused(row: Decision) -> Answer:
    """The refusal and the ways out of it, one tap each."""
    fact, why = wording.refusal(row)
    ways = tuple(WayOut(way_text(row, way), tuple(one["id"] for one in way)) for way in ways_of(row))
    text = _("Start when it has rested") if "rests_until" in row.facts else _("Start when there is room")
    wait_url = _wait_url(row)
    return Answer(row.subject_id, "refused", fact, why, _swap_url(row), ways, wait_url, text if wait_url else "")


def earlier(home_id: int, number: str) -> Answer | None:
    """Without JavaScript a refusal comes back as the number of its record; the page says it from there."""
    if not number.isdecimal() or len(number) > 18:
        return None
    row = Decision.objects.filter(home_id=home_id, revision=int(number), outcome=Outcome.REFUSED).first()
    return refused(row) if row else None


def ways_of(row: Decision) -> list[list[dict[str, Any]]]:
    """For a refused switch-on or swap: every set of appliances to switch off, those already asked for included."""
    if row.action not in TO_SWITCH:
        return []
    already = row.facts.get("off", [])
    return [[*already, *way] for way in row.facts.get("make_room", [])]


def way_text(row: Decision, way: list[dict[str, Any]]) -> str:
    names = [f"{one['name']} ({wording.watts(Decimal(one['watts']))})" for one in way]
    return wording.way(names, row.subject_name)


def done(appliance_id: int, text: str = "") -> Answer:
    return Answer(appliance_id, "done", text, "", "", ())


def busy(appliance_id: int) -> Answer:
    text = _("The home is busy.")
    return Answer(appliance_id, "refused", text, _("Nothing was changed; try again."), "", ())


def invalid(appliance_id: int, text: str) -> Answer:
    """A wish that cannot be: nothing was changed."""
    return Answer(appliance_id, "refused", text, "", "", ())


def _wait_url(row: Decision) -> str:
    """Only where it could fit with everything else off, temporary limits aside."""
    is_possible = "limited_by" in row.facts or row.limit is None or (row.requested or 0) <= row.limit
    is_switch = row.subject == Subject.APPLIANCE and row.action in TO_SWITCH
    return address("appliance_wait", row.subject_id) if is_switch and is_possible else ""


def _swap_url(row: Decision) -> str:
    is_switch = row.subject == Subject.APPLIANCE and row.action in TO_SWITCH
    return address("appliance_swap", row.subject_id) if is_switch else ""
