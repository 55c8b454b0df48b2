"""The JSON shapes of what VoltSafe does by itself: what waits, what was shed, temporary limits, the controller."""

from appliances.balancer import overload
from appliances.balancer.claims import Standing, Why
from appliances.models import Appliance, TemporaryLimit
from appliances.presentation.exact import Json, exact, exact_mw
from appliances.presentation.snapshot import Snapshot
from appliances.services import claims, heartbeat, ordering, reading

STANDING = ("order", "waitlist", "limits", "controller")


def standing(at: Snapshot) -> Json:
    """What a watcher is told of it, whole each time."""
    return {
        "order": ordering.current(at.appliances),
        "waitlist": waitlist(at),
        "limits": [limit(at, row) for row in at.limits],
        "controller": {"mode": at.controller.mode, "needs_person": needs_person(at)},
    }


def claim(at: Snapshot, row: Appliance) -> Json | None:
    """Why it shall be on again, and what that waits for; null where nothing is claimed for it."""
    found = at.standing(row.pk)
    return None if found is None else _entry(at, row, found)


def waitlist(at: Snapshot) -> list[Json]:
    """In the order of the queue: who asked for a start, and what was shed and shall come back."""
    rows = {row.pk: row for row in at.appliances}
    found = ((rows[one.claim.load_id], one) for one in at.standings)
    return [{"appliance": {"id": row.pk, "name": row.name}, **_entry(at, row, one)} for row, one in found]


def _entry(at: Snapshot, row: Appliance, found: Standing) -> Json:
    wait, shed = claims.waiting(row), claims.shed(row)
    until = wait.expires_at if wait else shed.expires_at if shed else None
    return {
        "why": found.claim.why.value,
        "place": found.place,
        "state": found.state.value,
        "needs_watts": exact_mw(found.needs_mw),
        "short_by_watts": exact_mw(found.short_by_mw),
        "circuit": {"id": found.at.id, "name": found.at.name} if found.at else None,
        "since": found.claim.since.isoformat(),
        "until": found.until.isoformat() if found.until and found.claim.fits_since else None,
        "expires_at": until.isoformat() if until else None,
        "asked_by": wait.asked_by if wait else "",
        "passes": list(found.passes),
        "cause": shed.cause if shed and found.claim.why is Why.SHED else {},
    }


def limit(at: Snapshot, row: TemporaryLimit) -> Json:
    """`binds`: of all limits of its circuit, it is the one that decisions go by now."""
    breaker = at.tree.breaker(row.circuit_id)
    return {
        "id": row.pk,
        "circuit": {"id": breaker.id, "name": breaker.name},
        "limit_watts": exact(row.limit),
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "source": row.source,
        "reason": row.reason,
        "in_force": reading.is_in_force(row, at.now),
        "binds": breaker.cap is not None and breaker.cap.id == row.pk,
    }


def needs_person(at: Snapshot) -> list[Json]:
    """The circuits that carry more than the limit in force, worst first."""
    over = overload.overloads(at.tree)
    return [
        {
            "circuit": {"id": each.breaker.id, "name": each.breaker.name},
            "exceeded_by_watts": exact_mw(each.exceeded_by_mw),
        }
        for each in over
    ]


def controller(at: Snapshot, *, would_have_acted: int) -> Json:
    held, last = at.controller.returns_held_until, heartbeat.last_run()
    return {
        "mode": at.controller.mode,
        "needs_person": needs_person(at),
        "returns_held_until": held.isoformat() if held and held > at.now else None,
        "would_have_acted": would_have_acted,
        "ran_at": last.isoformat() if last else None,
        "late": heartbeat.is_late(last, at.now),
    }
