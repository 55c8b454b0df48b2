"""What VoltSafe did by itself, and what waits for it, in plain words made from the record and from the claims."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appliances.balancer import units
from appliances.balancer.claims import Standing, State, Why
from appliances.models import Decision, Shed, Wait
from appliances.models.controller import Mode
from appliances.models.decision import Action, Outcome
from appliances.models.temporary_limit import Source
from appliances.presentation.watts_text import watts


def own_action(row: Decision) -> str:
    """One of VoltSafe's own steps, or one that an armed controller would have taken."""
    name = {"name": row.subject_name, "watts": watts(abs(row.requested or Decimal(0))), "why": cause(row.facts, row)}
    if row.outcome == Outcome.OBSERVED:
        return _would(row) % name
    match row.action:
        case Action.SHED:
            return _("%(name)s off by VoltSafe: %(why)s; %(then)s.") % {**name, "then": _then(row.facts)}
        case Action.TOO_LONG:
            return _("%(name)s off by VoltSafe: on for %(time)s, as long as it may.") % {**name, "time": _max_on(row)}
        case Action.START:
            return _started(row) % name
        case Action.RESTORE:
            return _("%(name)s on again, %(watts)s: there is room.") % name
        case Action.EXPIRE_SHED:
            return _("%(name)s stays off: there was no room for it for a day.") % name
        case Action.WAIT:
            return _waits(row)
        case Action.CANCEL_WAIT:
            return _("%(name)s waits no longer.") % name
        case Action.EXPIRE_WAIT:
            return _("%(name)s waits no longer: there was no room in time.") % name
    return _of_home(row)


def _of_home(row: Decision) -> str:
    match row.action:
        case Action.HOLD_RETURNS:
            until = moment(row.facts["until"], row.at)
            return _("Nothing comes back by itself before %(until)s: it failed too often.") % {"until": until}
        case Action.NEEDS_PERSON:
            return _needs_person(row)
        case Action.NEEDS_NOBODY:
            return _("Everything is within its limit again.")
        case Action.CHANGE_CONTROLLER:
            before, after = (str(Mode(one).label) for one in row.facts["changes"]["mode"])
            return _("Controller from %(before)s to %(after)s.") % {"before": before, "after": after}
        case Action.CHANGE_ORDER:
            return _("The order of the appliances was changed.")
    return _of_limit(row)


def _needs_person(row: Decision) -> str:
    named = {"name": row.subject_name, "short": watts(Decimal(row.facts["exceeded_by"]))}
    if row.facts["mode"] == Mode.ARMED:
        return _("%(name)s needs a person: %(short)s too much, and VoltSafe may switch nothing more off.") % named
    return _("%(name)s needs a person: %(short)s too much, and the controller is not armed.") % named


def _of_limit(row: Decision) -> str:
    facts = row.facts["temporary_limit"]
    name = {"name": row.subject_name, "limit": limit(facts, row.at)}
    match row.action:
        case Action.ADD_LIMIT:
            starts = moment(facts["starts_at"], row.at)
            if datetime.fromisoformat(facts["starts_at"]) > row.at:
                return _("%(name)s: %(limit)s, from %(starts)s.") % {**name, "starts": starts}
            return _("%(name)s: %(limit)s.") % name
        case Action.BEGIN_LIMIT:
            return _("%(name)s: %(limit)s begins.") % name
        case Action.REMOVE_LIMIT:
            return _("%(name)s: %(limit)s was lifted.") % name
    return _("%(name)s: %(limit)s is over.") % name


def _would(row: Decision) -> str:
    match row.action:
        case Action.SHED:
            return _("Would have switched %(name)s off: %(why)s.")
        case Action.TOO_LONG:
            return _("Would have switched %(name)s off: on for as long as it may.")
        case Action.RESTORE:
            return _("Would have brought %(name)s back: there is room.")
    return _("Would have started %(name)s: there is room.")


def cause(facts: Mapping[str, Any], row: Decision) -> str:
    """Why VoltSafe acted: "grid limit 4.2 kW until 19:30", "Kitchen lowered to 2 000 W by anna"."""
    return _cause(facts.get("cause") or {}, row.at) or _("%(circuit)s is over its limit") % {
        "circuit": row.circuit_name
    }


def _cause(why: Mapping[str, Any], at: datetime) -> str:
    if why.get("kind") == "lowered":
        named = {"circuit": why["circuit"], "by": why["by"] or _("VoltSafe"), "limit": ""}
        if "limit" in why:
            named["limit"] = watts(Decimal(why["limit"]))
            return _("%(circuit)s lowered to %(limit)s by %(by)s") % named
        return _("%(circuit)s changed by %(by)s") % named
    if "ends_at" in why:
        return limit(why, at)
    return ""


def limit(facts: Mapping[str, Any], at: datetime) -> str:
    """A temporary limit: its source or reason, its watts and its end."""
    named = {
        "source": facts["reason"] or _source(facts["source"]),
        "limit": watts(Decimal(facts["limit"])),
        "until": moment(facts["ends_at"], at),
    }
    return _("%(source)s, %(limit)s until %(until)s") % named


def _source(source: str) -> str:
    texts = {
        Source.GRID: _("grid limit"),
        Source.GENERATOR: _("generator"),
        Source.PARTY: _("party"),
        Source.MAINTENANCE: _("maintenance"),
    }
    return texts.get(Source(source), _("temporary limit"))


def _then(facts: Mapping[str, Any]) -> str:
    if not facts.get("returns"):
        return _("stays off until it is switched on")
    return comes_back(Decimal(facts["needs"]), facts["hold_seconds"])


def comes_back(needs: Decimal, hold_seconds: int) -> str:
    return _("comes back when %(needs)s is free for %(time)s") % {"needs": watts(needs), "time": duration(hold_seconds)}


def _max_on(row: Decision) -> str:
    return duration(int(row.facts["max_on_seconds"]))


def _started(row: Decision) -> str:
    if row.facts.get("passed"):
        return _("%(name)s on, %(watts)s: there is room for it; what waits before it would not fit.")
    return _("%(name)s on, %(watts)s: it waited, and there is room.")


def _waits(row: Decision) -> str:
    until = moment(row.facts["expires_at"], row.at)
    short = Decimal(row.facts["short_by"])
    named = {"name": row.subject_name, "until": until, "short": watts(short)}
    if short:
        return _("%(name)s starts when there is room, until %(until)s: %(short)s too much now.") % named
    return _("%(name)s starts when it has rested, until %(until)s.") % named


def waiting(wait: Wait, standing: Standing | None, local_end: datetime) -> str:
    """On the tile of one that waits."""
    same_day = wait.asked_at.astimezone(local_end.tzinfo).date() == local_end.date()
    until = _("until %(time)s") % {"time": date_format(local_end, "H:i" if same_day else "j M H:i")}
    if standing is None:
        return until
    place = _("%(place)s in line") % {"place": ordinal(standing.place)}
    return _("Starts when there is room: %(place)s, %(state)s, %(until)s.") % {
        "place": place,
        "state": state(standing, local_end),
        "until": until,
    }


def state(standing: Standing, local: datetime) -> str:
    """Why it does not start yet; `local` gives the clock."""
    short = watts(units.to_watts(standing.short_by_mw))
    match standing.state:
        case State.SHORT:
            return _("%(short)s short") % {"short": short}
        case State.BEHIND:
            return _("%(short)s short behind those before it") % {"short": short}
        case State.RESTING if standing.until is not None:
            return _("rests until %(time)s") % {"time": clock(standing.until, local)}
        case State.HOLDING:
            return _("there must be room for a while")
    return _("there is room") if standing.claim.why is Why.WAITING else _("comes back now")


def was_shed(shed: Shed, standing: Standing | None, hold_seconds: int, local: datetime) -> str:
    """On the tile of one that VoltSafe switched off and will switch on again."""
    at = date_format(shed.at.astimezone(local.tzinfo), "H:i")
    said = _("Off since %(at)s by VoltSafe") % {"at": at}
    if why := _cause(shed.cause, shed.at):
        said = _("%(said)s: %(why)s") % {"said": said, "why": why}
    if standing is None:
        return _("%(said)s.") % {"said": said}
    back = comes_back(units.to_watts(standing.needs_mw), hold_seconds)
    return _("%(said)s; %(back)s (%(state)s).") % {"said": said, "back": back, "state": state(standing, local)}


def clock(at: datetime, local: datetime) -> str:
    return date_format(at.astimezone(local.tzinfo), "H:i")


def moment(text: str, seen_from: datetime) -> str:
    """A moment the record keeps, by the home's clock: the hour, with the day where it is another."""
    at = datetime.fromisoformat(text)
    same_day = at.date() == seen_from.astimezone(at.tzinfo).date()
    return date_format(at, "H:i" if same_day else "j M H:i")


def duration(seconds: int) -> str:
    """300 -> "5 min", 7200 -> "2 h", 90 -> "90 s"."""
    if seconds % 3600 == 0 and seconds:
        return _("%(n)d h") % {"n": seconds // 3600}
    return _("%(n)d min") % {"n": seconds // 60} if seconds % 60 == 0 else _("%(n)d s") % {"n": seconds}


def ordinal(place: int) -> str:
    return {1: _("first"), 2: _("second"), 3: _("third")}.get(place) or _("number %(n)d") % {"n": place}


def would_have(count: int) -> str:
    text = ngettext("Would have acted %d time in the last week.", "Would have acted %d times in the last week.", count)
    return text % count
