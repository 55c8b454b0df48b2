"""The JSON shapes of a home, the same over REST and over the socket (docs: /api/v1/docs). Watts are exact numbers."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from appliances.balancer import status
from appliances.balancer.admission import Refused
from appliances.balancer.tree import Breaker
from appliances.models import Appliance, Circuit, Decision, Home
from appliances.presentation import answers, claims_shown, snapshot, wording
from appliances.presentation.exact import Json, exact, exact_mw
from appliances.presentation.snapshot import Snapshot
from appliances.services import fitting
from appliances.services.appliance import RULES
from appliances.services.facts import of_loads
from appliances.services.outcome import Changed, as_done
from appliances.services.planning import Plan

MOST = 4096
"""Circuits that are kept as they were told last."""


def home(row: Home) -> Json:
    return {
        "slug": row.slug,
        "name": row.name,
        "revision": row.revision,
        "timezone": row.timezone,
        "nominal_voltage": row.nominal_voltage,
        "warning_percent": row.warning_percent,
        "critical_percent": row.critical_percent,
    }


def home_with_limit(row: Home, limit: Decimal) -> Json:
    """A home's limit is that of its main circuit."""
    return {**home(row), "limit_watts": exact(limit)}


def load(at: Snapshot) -> Json:
    of_main = circuit(at, at.main)
    return {
        "home": at.home.slug,
        "revision": at.home.revision,
        **{name: of_main[name] for name in LOAD_FIELDS},
        "appliances_on": at.tree.how_many_on,
        "circuits": [circuit(at, row) for row in at.circuits],
    }


LOAD_FIELDS = ("load_watts", "limit_watts", "headroom_watts", "utilization_percent", "status")


def circuit(at: Snapshot, row: Circuit) -> Json:
    """`limit_watts` is the limit in force; where a temporary one is lower than its own, `limited_by` names it."""
    thresholds = at.home.warning_percent, at.home.critical_percent
    return dict(_circuit(at.tree.breaker(row.id), row.name, row.limit, at.carried_mw[row.id], thresholds))


@lru_cache(maxsize=MOST)
def _circuit(at: Breaker, name: str, own_limit: Decimal, carried: int, thresholds: tuple[int, int]) -> Json:
    """Of a home's circuits one switch changes a few; the others are as they were told before."""
    limit = at.limit_mw
    return {
        "id": at.id,
        "name": name,
        "parent_id": at.parent_id,
        "limit_watts": exact_mw(limit),
        "own_limit_watts": exact(own_limit),
        "limited_by": at.cap.id if at.cap else None,
        "load_watts": exact_mw(carried),
        "headroom_watts": exact_mw(limit - carried),
        "utilization_percent": status.utilization_tenths(carried, limit) / 10,
        "status": status.status(carried, limit, *thresholds).value,
    }


def appliance(at: Snapshot, row: Appliance) -> Json:
    short = snapshot.short_at(at, row.pk)[0]
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "circuit_id": row.circuit_id,
        "rated_watts": exact(row.rated),
        "is_on": row.is_on,
        "priority": row.priority,
        "note": row.note,
        **{name: getattr(row, name) for name in RULES},
        "fits": not short,
        "short_by_watts": exact_mw(short),
        "claim": claims_shown.claim(at, row),
    }


def switched(at: Snapshot, appliance_id: int, changed: Changed) -> Json:
    """What a switch is answered with, besides the `load`. Raises RemovedSince; Missing where nothing was changed."""
    with as_done(changed):
        row = at.appliance(appliance_id)
    return {"changed": changed.decision is not None, "revision": changed.revision, "appliance": appliance(at, row)}


def decision(row: Decision) -> Json:
    return {
        "id": row.pk,
        "revision": row.revision,
        "at": row.at.isoformat(),
        "by": {"kind": row.actor, "id": row.actor_id, "name": wording.by(row)},
        "action": row.action,
        "outcome": row.outcome,
        "subject": {"kind": row.subject, "id": row.subject_id, "name": row.subject_name},
        "account_id": row.account_id,
        "circuit": _named(row.circuit_id, row.circuit_name),
        "requested_watts": exact(row.requested),
        "load_before_watts": exact(row.load_before),
        "load_after_watts": exact(row.load_after),
        "limit_watts": exact(row.limit),
        "exceeded_by_watts": exact(row.exceeded_by),
        "text": wording.decision(row),
        "facts": row.facts,
    }


def rehearsal(rows: Iterable[Decision]) -> Json:
    """What a dry run would have put on record; what was not kept has no id and no revision."""
    foreseen = [{**decision(row), "id": None, "revision": None} for row in rows]
    return {"dry_run": True, "changed": bool(foreseen), "decisions": foreseen}


def refusal(row: Decision) -> Json:
    """The numbers of a refusal for capacity, and the smallest ways to make room."""
    return {
        "requested_watts": exact(row.requested),
        "current_load_watts": exact(row.load_before),
        "projected_load_watts": exact(row.load_after),
        "limit_watts": exact(row.limit),
        "exceeded_by_watts": exact(row.exceeded_by),
        "circuit": _named(row.circuit_id, row.circuit_name),
        "make_room": [way(one) for one in (answers.ways_of(row) or row.facts.get("make_room", []))],
        **({"would_shed": way(row.facts["would_shed"])} if "would_shed" in row.facts else {}),
    }


def fit(at: Snapshot, row: Appliance) -> Json:
    """Whether it would be granted now, and if not, the numbers of the refusal it would get."""
    shown = appliance(at, row)
    refused = fitting.refusal(at.tree, row.pk)
    answer = {"fits": shown["fits"], "short_by_watts": shown["short_by_watts"], "appliance": shown}
    return answer if refused is None else {**answer, **_foreseen(refused)}


def _foreseen(refused: Refused) -> Json:
    numbers = refused.at
    return {
        "requested_watts": exact_mw(refused.requested_mw),
        "current_load_watts": exact_mw(numbers.load_before_mw),
        "projected_load_watts": exact_mw(numbers.load_after_mw),
        "limit_watts": exact_mw(numbers.limit_mw),
        "exceeded_by_watts": exact_mw(refused.exceeded_by_mw),
        "circuit": _named(numbers.circuit_id, numbers.circuit_name),
        "make_room": [way(of_loads(one.off)) for one in refused.ways],
    }


def plan(at: Snapshot, planned: Plan) -> Json:
    """Whether the combination fits, and the home as it would be, which may be over its limits."""
    then = snapshot.as_it_would_be(at, planned.after)
    refused = planned.refused
    return {
        "fits": refused is None,
        "exceeded_by_watts": exact_mw(refused.exceeded_by_mw) if refused else 0,
        "circuit": _named(refused.at.circuit_id, refused.at.circuit_name) if refused else None,
        "load": load(then),
        "appliances": [_rated(row) for row in then.appliances if row.is_on],
        "make_room": [way(of_loads(one.off)) for one in refused.ways] if refused else [],
    }


def _rated(row: Appliance) -> Json:
    return {"id": row.pk, "name": row.name, "rated_watts": exact(row.rated), "is_on": row.is_on}


def way(of: Iterable[Json]) -> Json:
    """One set of appliances whose switching off makes it fit: the body that `swap` takes, and what they are."""
    listed = [{"id": one["id"], "name": one["name"], "rated_watts": exact(Decimal(one["watts"]))} for one in of]
    return {"off": [one["id"] for one in listed], "appliances": listed}


def _named(pk: int | None, name: str) -> Json | None:
    return None if pk is None else {"id": pk, "name": name}


def state(at: Snapshot) -> Json:
    """Everything a watcher is told first."""
    return {
        "type": "state",
        "revision": at.home.revision,
        "home": home_with_limit(at.home, at.main.limit),
        "load": load(at),
        "appliances": [appliance(at, row) for row in at.appliances],
        **claims_shown.standing(at),
    }


def change(old: Json, new: Json) -> Json:
    """What differs between two states: appliances and circuits whole, those that went by their ids."""
    before, after = (_by_id(one["appliances"]) for one in (old, new))
    was, now = (_by_id(one["load"]["circuits"]) for one in (old, new))
    return {
        "type": "change",
        "revision": new["revision"],
        "previous": old["revision"],
        "home": new["home"],
        **{name: new[name] for name in claims_shown.STANDING},
        "load": {**new["load"], "circuits": [one for pk, one in now.items() if was.get(pk) != one]},
        "appliances": [one for pk, one in after.items() if before.get(pk) != one],
        "removed": {
            "appliances": sorted(before.keys() - after.keys()),
            "circuits": sorted(was.keys() - now.keys()),
        },
    }


def _by_id(listed: list[Json]) -> dict[int, Json]:
    return {one["id"]: one for one in listed}
