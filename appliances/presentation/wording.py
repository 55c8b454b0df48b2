"""Every sentence a person reads about loads and decisions, made from numbers and from the record alone."""

from datetime import datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appliances.balancer.status import Status
from appliances.models import Decision
from appliances.models.decision import Action, Actor, Outcome
from appliances.presentation import of_people, telling, watts_text
from appliances.presentation.watts_text import THIN_SPACE

watts = watts_text.watts


def percent(tenths: int) -> str:
    """Tenths of a percent, as whole percent rounded down: 100 % is said only of full."""
    return f"{tenths // 10}{THIN_SPACE}%"


def status(of: Status) -> str:
    texts = {Status.SAFE: _("Safe"), Status.WARNING: _("Nearly full"), Status.CRITICAL: _("Full")}
    return texts[of]


def on_count(on: int, total: int) -> str:
    return _("%(on)d of %(total)d on") % {"on": on, "total": total}


def meter_value(load: Decimal, limit: Decimal, headroom: Decimal) -> str:
    """For screen readers: units as words."""
    return _("%(load)s watts of %(limit)s, %(headroom)s watts free") % {
        "load": format(load, "f"),
        "limit": format(limit, "f"),
        "headroom": format(headroom, "f"),
    }


def fit(is_on: bool, short_by: Decimal) -> str:  # noqa: FBT001
    if is_on:
        return ""
    return _("%(watts)s too much") % {"watts": watts(short_by)} if short_by else _("Fits")


def by(row: Decision) -> str:
    if of_people.is_by_nobody_known(row):
        return ""
    return _("VoltSafe") if row.actor == Actor.SYSTEM else row.actor_name


def moment(local: datetime) -> str:
    """A local time the same on every day it is read, so that a page and a push never differ."""
    return date_format(local, "j M H:i")


def moment_of_year(local: datetime) -> str:
    """Where years lie between the first and the last."""
    return date_format(local, "j M Y H:i")


def state(is_on: bool) -> str:  # noqa: FBT001
    return _("On") if is_on else _("Off")


def decision(row: Decision) -> str:
    """One decision in one sentence."""
    if (said := of_people.sentence(row)) is not None:
        return said
    if row.outcome == Outcome.OBSERVED:
        return telling.own_action(row)
    return _refused(row) if row.outcome == Outcome.REFUSED else _granted(row)


def refusal(row: Decision) -> tuple[str, str]:
    """What happened, and why: the same words in the tile, over the API and in the feed."""
    return _fact(row), _why(row)


def _refused(row: Decision) -> str:
    return " ".join(refusal(row))


def _fact(row: Decision) -> str:
    if row.action in {Action.SWITCH_ON, Action.SWAP}:
        return _("%(name)s stays off.") % {"name": row.subject_name}
    return _("%(name)s was not changed.") % {"name": row.subject_name}


def _why(row: Decision) -> str:
    if row.action == Action.GIVE_CODE:
        return _("That is not the installer code.")
    if "rests_until" in row.facts:
        until = telling.moment(row.facts["rests_until"], row.at)
        return _("It was switched off a moment ago and rests until %(until)s.") % {"until": until}
    before, after, limit, short = (
        value or Decimal(0) for value in (row.load_before, row.load_after, row.limit, row.exceeded_by)
    )
    numbers = {
        "circuit": row.circuit_name,
        "needs": watts(row.requested or Decimal(0)),
        "free": watts(limit - before),
        "short": watts(short),
        "after": watts(after),
        "limit": watts(limit),
    }
    if "limited_by" in row.facts:
        numbers["limited"] = telling.limit(row.facts["limited_by"], row.at)
        return _("%(circuit)s would carry %(after)s, %(short)s too much: %(limited)s.") % numbers
    if row.action == Action.SWITCH_ON:
        return _("It needs %(needs)s, but %(circuit)s has only %(free)s free: %(short)s too much.") % numbers
    return _("%(circuit)s would carry %(after)s of %(limit)s: %(short)s too much.") % numbers


def way(names: list[str], wanted: str) -> str:
    """The label of a button that makes room."""
    return _("Switch off %(names)s and start %(wanted)s") % {"names": listed(names), "wanted": wanted}


def listed(names: list[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(most)s and %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}


def _granted(row: Decision) -> str:
    name = {"name": row.subject_name, "watts": watts(abs(row.requested or Decimal(0)))}
    match row.action:
        case Action.SWITCH_ON:
            return _("%(name)s on, %(watts)s.") % name
        case Action.SWITCH_OFF if row.facts.get("stays_off"):
            return _("%(name)s stays off.") % name
        case Action.SWITCH_OFF:
            return _("%(name)s off, %(watts)s free again.") % name
        case Action.SWAP:
            off = listed([one["name"] for one in row.facts.get("off", [])])
            return _("%(name)s on, %(off)s off to make room.") % {**name, "off": off or _("nothing")}
        case Action.ADD_APPLIANCE | Action.ADD_CIRCUIT | Action.ADD_HOME:
            return _("%(name)s added.") % name
        case Action.REMOVE_APPLIANCE | Action.REMOVE_CIRCUIT | Action.REMOVE_HOME:
            return _("%(name)s removed.") % name
        case Action.CHANGE_APPLIANCE | Action.CHANGE_CIRCUIT | Action.CHANGE_HOME:
            return _("%(name)s changed: %(changes)s.") % {**name, "changes": changes(row)}
    return telling.own_action(row)


def changes(row: Decision) -> str:
    """What a change changed: "limit 3680 W to 2300 W, name Sockets to Worktop"."""
    parts = [
        _("%(field)s from %(before)s to %(after)s")
        % {"field": field_name(field), "before": _value(field, before), "after": _value(field, after)}
        for field, (before, after) in row.facts.get("changes", {}).items()
        if field not in {"circuit_id", "parent_id"}
    ]
    if {"circuit_id", "parent_id"} & row.facts.get("changes", {}).keys():
        parts.append(_("moved"))
    return ", ".join(parts)


def field_name(field: str) -> str:
    names = {
        "name": _("name"),
        "kind": _("kind"),
        "rated": _("rated power"),
        "limit": _("limit"),
        "priority": _("priority"),
        "note": _("note"),
        "timezone": _("time zone"),
        "nominal_voltage": _("voltage"),
        "warning_percent": _("warning threshold"),
        "critical_percent": _("critical threshold"),
        "may_be_shed": _("may be shed"),
        "may_be_interrupted": _("may be interrupted"),
        "returns_by_itself": _("comes back by itself"),
        "min_on_seconds": _("minimum on time"),
        "min_off_seconds": _("minimum off time"),
        "max_on_seconds": _("maximum on time"),
    }
    return names.get(field, field)


def _value(field: str, value: object) -> str:
    if field in {"rated", "limit"} and value is not None:
        return watts(Decimal(str(value)))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.endswith("_seconds") and value is not None:
        return telling.duration(int(str(value)))
    return str(value) if value not in {None, ""} else _("nothing")
