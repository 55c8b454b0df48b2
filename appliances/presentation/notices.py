"""What stands above everything else: too much load, temporary limits, and a controller that does not run."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appliances.balancer import make_room, overload, units
from appliances.models import TemporaryLimit
from appliances.models.controller import Mode
from appliances.presentation import telling, wording
from appliances.presentation.addresses import address
from appliances.presentation.headroom import limit_text, local
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import LimitLine, Overload, Pulse, Relief
from appliances.services import access, heartbeat, reading
from appliances.services.access import May

WELL = Pulse(is_late=False, since="", text="")


def overloads(at: Snapshot, role: str) -> tuple[Overload, ...]:
    """Every breaker above its limit in force, worst first."""
    return tuple(_overload(at, one, role) for one in overload.overloads(at.tree))


def _overload(at: Snapshot, over: overload.Overload, role: str) -> Overload:
    breaker = over.breaker
    named = {
        "circuit": breaker.name,
        "short": wording.watts(units.to_watts(over.exceeded_by_mw)),
        "load": wording.watts(units.to_watts(over.load_mw)),
        "limit": wording.watts(units.to_watts(breaker.limit_mw)),
    }
    acts = at.controller.mode == Mode.ARMED and str(breaker.id) not in at.controller.watching.get("needs", {})
    return Overload(
        circuit_id=breaker.id,
        title=_("%(circuit)s: %(short)s too much") % named,
        text=_("It carries %(load)s of %(limit)s.") % named + " " + (_("VoltSafe makes room.") if acts else _why(at)),
        needs_person=not acts,
        ways=() if acts else _ways(at, breaker.id, role),
    )


def _why(at: Snapshot) -> str:
    match at.controller.mode:
        case Mode.ARMED:
            return _("VoltSafe may switch nothing more off: please switch something off.")
        case Mode.OBSERVING:
            return _("VoltSafe only observes: please switch something off.")
    return _("The controller is off: please switch something off.")


def _ways(at: Snapshot, circuit_id: int, role: str) -> tuple[Relief, ...]:
    """Single appliances that are enough; several at once are for the person to choose."""
    if not access.may(role, May.SWITCH):
        return ()
    found = make_room.ways(after=at.tree, keep=frozenset(), relieve=frozenset({circuit_id}))
    single = [way.off[0] for way in found if len(way.off) == 1]
    largest = found[0].off if found and not single else ()
    return tuple(
        Relief(
            load.id,
            _("Switch off %(name)s (%(watts)s)")
            % {"name": load.name, "watts": wording.watts(units.to_watts(load.rated_mw))},
            address("appliance_switch", load.id),
        )
        for load in single or largest
    )


def limits(at: Snapshot, role: str) -> tuple[LimitLine, ...]:
    return tuple(_limit(at, row, role) for row in at.limits)


def _limit(at: Snapshot, row: TemporaryLimit, role: str) -> LimitLine:
    in_force = reading.is_in_force(row, at.now)
    breaker = at.tree.breaker(row.circuit_id)
    said = {"circuit": breaker.name, "limit": limit_text(at, row.pk)}
    if not in_force:
        said["starts"] = telling.moment(local(at, row.starts_at).isoformat(), at.now)
    return LimitLine(
        id=row.pk,
        is_in_force=in_force,
        text=_("%(circuit)s: %(limit)s") % said if in_force else _("From %(starts)s, %(circuit)s: %(limit)s") % said,
        detail=_beside(at, row) if in_force else "",
        until=row.ends_at if in_force else row.starts_at,
        lift_url=address("limit_lift", row.pk) if access.may(role, May.CONFIGURE) else "",
    )


def _beside(at: Snapshot, row: TemporaryLimit) -> str:
    """What it stands beside: the circuit's own limit, or a lower one that binds instead."""
    breaker = at.tree.breaker(row.circuit_id)
    own = wording.watts(units.to_watts(breaker.limit_mw if breaker.own_limit_mw is None else breaker.own_limit_mw))
    if breaker.cap is None:
        return _("Its own limit, %(own)s, is no higher.") % {"own": own}
    if breaker.cap.id != row.pk:
        return _("A lower one holds as well.")
    return _("Its own limit is %(own)s.") % {"own": own}


def pulse(mode: str, timezone: str, ran_at: datetime | None, now: datetime) -> Pulse:
    """Late, where the controller may do something and none has run for a minute."""
    if mode == Mode.OFF or not heartbeat.is_late(ran_at, now):
        return WELL
    if ran_at is None:
        since, text = "never", _("No controller has run yet.")
    else:
        here = ran_at.astimezone(ZoneInfo(timezone))
        since = here.isoformat()
        text = _("The controller has not run since %(time)s.") % {"time": telling.moment(since, now)}
    return Pulse(is_late=True, since=since, text=text)
