"""What a home does by itself at one moment: switch off, shed, and start at most one of those that wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliances.balancer import claims as queue
from appliances.balancer import resting, shedding
from appliances.balancer.claims import STAGGER_SECONDS, Claim, Standing, State
from appliances.balancer.shedding import Shedding
from appliances.balancer.tree import Load, Tree


@dataclass(frozen=True, slots=True)
class Plan:
    shed: Shedding
    too_long: tuple[Load, ...]
    """On for longer than they may be, to be switched off; the least important first."""
    start: Standing | None
    standings: tuple[Standing, ...]
    """As they are once everything to be switched off is off."""
    next_at: datetime | None
    """The earliest moment from which time alone could change the plan; None: only a change can."""


def plan(
    tree: Tree,
    claims: Sequence[Claim],
    *,
    now: datetime,
    last_start_at: datetime | None = None,
    returns_held_until: datetime | None = None,
) -> Plan:
    """First what has been on for too long goes off, then what is too much; only where nothing is, one may start."""
    too_long = tuple(
        sorted((load for load in tree.loads if resting.due_off(load, now)), key=lambda load: (-load.priority, -load.id))
    )
    in_time = tree.switched(off=[load.id for load in too_long])
    shed = shedding.plan(in_time, now)
    after = in_time.switched(off=[load.id for load in shed.off])
    # A claim of what is on until this moment is none yet.
    open_claims = [claim for claim in claims if not tree.load(claim.load_id).is_on]
    standings = queue.standings(after, open_claims, now, returns_held_until=returns_held_until)
    staggered_until = None if last_start_at is None else last_start_at + timedelta(seconds=STAGGER_SECONDS)
    ready = [standing for standing in standings if standing.state is State.READY]
    may_start = not shed.off and (staggered_until is None or staggered_until <= now)
    start = ready[0] if ready and may_start else None
    if start is not None:
        staggered_until = now + timedelta(seconds=STAGGER_SECONDS)
    turns = (
        *_ends(in_time, now, is_overloaded=bool(shed.off or shed.left)),
        *(standing.until for standing in standings if standing.until is not None),
        *([staggered_until] if staggered_until is not None and len(ready) > (start is not None) else []),
    )
    return Plan(shed, too_long, start, standings, min((turn for turn in turns if turn > now), default=None))


def _ends(tree: Tree, now: datetime, *, is_overloaded: bool) -> Iterator[datetime]:
    """When a load has been on for as long as it may, and, where something must be cut, for as long as it must."""
    for load in tree.loads:
        if end := resting.ends_at(load):
            yield end
        if is_overloaded and shedding.eligible(load) and (end := resting.stays_on_until(load, now)):
            yield end
