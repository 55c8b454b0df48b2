"""What a process of its own does: a line of orders in, a line of answers out, until there are no more."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from time import monotonic
from typing import Any
from unittest.mock import patch

from django.db import connection

from appliances.balancer import units
from appliances.models import Decision, Home
from appliances.presentation import resources, snapshot
from appliances.services import actor, appliance, circuit, home, limits, pruning, setup, switching, tending, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Changed, Missing, Refused
from appliances.services.setup import AlreadySetUp
from appliances.services.turn import Turn
from tests.linear.operations import AS_IT_WAS, NOT_DONE, SHOWN

Order = dict[str, Any]


def add_limit(
    *, home_id: int, circuit_id: int, limit: str, starts_at: str, ends_at: str, by: By, now: datetime
) -> Changed:
    moments = {"starts_at": datetime.fromisoformat(starts_at), "ends_at": datetime.fromisoformat(ends_at)}
    wanted = {"circuit_id": circuit_id, "limit": limit, **moments}
    return limits.add(home_id=home_id, wanted=wanted, by=by, now=now)


def remove_limit(*, circuit_id: int, limit_id: int, by: By, now: datetime) -> Changed:
    """Its circuit is for whoever checks what came of it."""
    assert circuit_id
    return limits.remove(limit_id=limit_id, by=by, now=now)


USE_CASES: dict[str, Callable[..., Changed]] = {
    "switch": switching.switch,
    "swap": switching.swap,
    "change appliance": appliance.change,
    "change circuit": circuit.change,
    "change home": home.change,
    "add limit": add_limit,
    "remove limit": remove_limit,
}
IN_VAIN = {"add limit": Invalid, "remove limit": Missing}
"""What came too late for it, which its time may bring about."""


def serve() -> None:
    connection.ensure_connection()
    say("ready")
    for line in sys.stdin:
        say([carry_out(order) for order in json.loads(line)])


def carry_out(order: Order) -> Order:
    """Do one thing and say what came of it and when; the clock is the same for all processes of a machine."""
    wanted = dict(order)
    name = wanted.pop("do")
    if name == "look":
        return look(**wanted)
    began = monotonic()
    if name in BY_THEMSELVES:
        return {"outcome": BY_THEMSELVES[name](**wanted)}
    try:
        changed = USE_CASES[name](**wanted, by=actor.SYSTEM, now=datetime.now(UTC))
        decision, revision = changed.decision, changed.revision
    except Refused as why:
        decision, revision = why.decision, why.decision.revision
    except IN_VAIN.get(name, ()):
        return {"outcome": NOT_DONE, "began": began, "ended": monotonic()}
    ended = monotonic()
    outcome, numbers = (decision.outcome, _numbers(decision)) if decision else (AS_IT_WAS, None)
    return {"outcome": outcome, "revision": revision, "numbers": numbers, "began": began, "ended": ended}


def look(*, home_id: int) -> Order:
    """The load of the home as the API shows it."""
    began = monotonic()
    home = Home.objects.filter(pk=home_id).first()
    if home is None:
        raise Missing("There is no such home.")
    load = resources.load(snapshot.of(home, datetime.now(UTC)))
    return {"outcome": SHOWN, "load": load, "began": began, "ended": monotonic()}


def _numbers(row: Decision) -> list[int | None] | None:
    """As in the record, in milliwatts."""
    if row.circuit_id is None or row.load_after is None:
        return None
    watts = (row.load_before, row.load_after, row.limit, row.exceeded_by)
    return [row.circuit_id, *(None if one is None else units.to_mw(one, most_mw=units.MOST_SUM_MW) for one in watts)]


def set_up(**wanted: Any) -> str:
    try:
        setup.set_up(**wanted, now=datetime.now(UTC))
    except AlreadySetUp:
        return "already set up"
    return "set up"


def switch_halfway(*, appliance_id: int) -> None:
    """Switch it on, and be caught in the middle of it: in the transaction, before its end."""

    def body(here: Turn) -> None:
        switching.set_state(here, here.appliance(appliance_id), on=True)
        say("halfway")
        sys.stdin.readline()

    turn.take(home_id=switching.home_of(appliance_id), by=actor.SYSTEM, now=datetime.now(UTC), body=body)


def switch_forever(*, appliance_ids: list[int]) -> None:
    """Switch one after the other on, then off, telling of each, until somebody ends it."""
    for on in cycle([True, False]):
        for pk in appliance_ids:
            say({"id": pk, "on": on, **carry_out({"do": "switch", "appliance_id": pk, "on": on})})


def let_go_halfway(*, home_id: int) -> None:
    """Let old decisions go, and be caught in the middle of it: the checkpoint is written, the decisions are there."""
    move_on = pruning._move_on

    def and_wait(batch: pruning.Batch) -> bool:
        moved = move_on(batch)
        say("halfway")
        sys.stdin.readline()
        return moved

    with patch.object(pruning, "_move_on", and_wait):
        next(pruning.remove(home_id, datetime.now(UTC) + timedelta(days=1)))


def tend(*, home_id: int) -> str:
    tending.tend(home_id=home_id, now=datetime.now(UTC))
    return "tended"


BY_THEMSELVES: dict[str, Callable[..., Any]] = {
    "tend": tend,
    "set up": set_up,
    "switch halfway": switch_halfway,
    "switch forever": switch_forever,
    "let go halfway": let_go_halfway,
}


def say(words: Any) -> None:
    print(json.dumps(words), flush=True)  # noqa: T201
