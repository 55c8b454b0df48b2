"""What clients of the API asked for and were answered, as the checker takes it.

operations = [operation(Switch(7, on=True), asked_at=1.5, answered_at=1.6, status=200, body=b"..."), ...]
start = start_of(load, appliances)          # GET load and GET appliances before the first of them
differences(start, operations, of_json(decisions_after(start.revision)))
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from math import inf
from time import monotonic
from typing import Any

from appliances.balancer.tree import Breaker, Load, Rules, Tree
from tests.linear.checking import Start
from tests.linear.operations import AS_IT_WAS, DONE, NOT_DONE, SHOWN, Answer, Operation, Seen, Wanted
from tests.linear.record import GRANTED, REFUSED, Numbers, Row, limit_of, milliwatts, standing, switched_at

NOTHING_WAS_CHANGED = {"busy", "interlock_missing"}
"""Of the answers that say that something is out of order, those that say this too; after others it is not known."""


def operation(
    wanted: Wanted | None,
    *,
    asked_at: float,
    answered_at: float = inf,
    status: int | None = None,
    body: bytes | str = b"",
    replayed: bool = False,
    by: str = "",
    key: str = "",
) -> Operation:
    """One request: a toggle, a swap or a limit, or with `wanted` None a look at the load. No status: no answer came.

    `replayed` where the answer has the header `Idempotent-Replayed`.
    """
    answer = None if status is None else answer_of(wanted, status, body, replayed=replayed)
    return Operation(wanted, asked_at, inf if answer is None else answered_at, answer, by, key)


def answer_of(wanted: Wanted | None, status: int, body: bytes | str, *, replayed: bool = False) -> Answer | None:
    """None: whether it was done is not known."""
    if status == 200:
        return _done(wanted, json.loads(body), replayed=replayed)
    if status in {201, 204}:
        return Answer(DONE)
    told = _json(body)
    if status == 403 and told.get("code") == "capacity_exceeded":
        return Answer(REFUSED, numbers=_numbers(told))
    if status == 403 and told.get("code") == "must_rest":
        return Answer(REFUSED, rests_until=datetime.fromisoformat(told["rests_until"]))
    if status < 500 or told.get("code") in NOTHING_WAS_CHANGED:
        return Answer(NOT_DONE)
    return None


def seen_of(load: Mapping[str, Any]) -> Seen:
    """Of `GET /homes/<slug>/load`, or the `load` of any answer."""
    circuits = {one["id"]: (milliwatts(one["load_watts"]), milliwatts(one["limit_watts"])) for one in load["circuits"]}
    return Seen(load["revision"], circuits, load["appliances_on"])


def start_of(
    load: Mapping[str, Any],
    appliances: Iterable[Mapping[str, Any]],
    limits: Iterable[Mapping[str, Any]] = (),
    so_far: Iterable[Row] = (),
) -> Start:
    """The home while nobody changes it: of `GET load`, all of `GET appliances`, of `GET limits`, and the record."""
    breakers = (
        Breaker(one["id"], one["name"], one["parent_id"], own_mw, own_limit_mw=own_mw)
        for one in load["circuits"]
        for own_mw in [milliwatts(one["own_limit_watts"])]
    )
    so_far = list(so_far)
    switched = switched_at(so_far)
    loads = (
        Load(
            one["id"],
            one["name"],
            one["circuit_id"],
            milliwatts(one["rated_watts"]),
            one["is_on"],
            one["priority"],
            Rules(min_off_seconds=one["min_off_seconds"]),
            switched.get(one["id"]),
        )
        for one in appliances
    )
    # One that is over is not shown any more, and its end may be yet to be put on record.
    there = standing(so_far) | {limit.id: limit for limit in map(limit_of, limits)}
    return Start(load["revision"], Tree(tuple(breakers), tuple(loads)), tuple(there.values()), beginning())


def beginning() -> datetime:
    """What the clock of this machine, by which decisions are noted, showed when `monotonic()` was 0.

    Of several readings the one that was interrupted the least: on a busy machine any of them may be.
    """
    readings = [(monotonic(), datetime.now(UTC), monotonic()) for _ in range(50)]
    before, now, after = min(readings, key=lambda one: one[2] - one[0])
    return now - timedelta(seconds=(before + after) / 2)


def _done(wanted: Wanted | None, told: Mapping[str, Any], *, replayed: bool) -> Answer:
    if wanted is None:
        return Answer(SHOWN, seen=seen_of(told))
    if "changed" not in told:
        return Answer(DONE)
    # What was kept of the first answer shows the home as it was then, not now.
    seen = None if replayed else seen_of(told["load"])
    return Answer(GRANTED if told["changed"] else AS_IT_WAS, told["revision"], seen=seen)


def _numbers(told: Mapping[str, Any]) -> Numbers:
    return Numbers(
        told["circuit"]["id"],
        milliwatts(told["current_load_watts"]),
        milliwatts(told["projected_load_watts"]),
        milliwatts(told["limit_watts"]),
        milliwatts(told["exceeded_by_watts"]),
    )


def _json(body: bytes | str) -> dict[str, Any]:
    """A proxy's own error page is none."""
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
