"""The queue of what wants to be on: who waits, who was shed, and whose turn it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appliances.balancer import resting
from appliances.balancer.tree import Breaker, Load, Tree

MARGIN_MW = 200_000
"""What must be free beyond the rated watts before something shed returns. SEM keeps 0.2 kW, PELS at least 0.25 kW."""

HOLD_SECONDS = 300
"""How long there must be room before something shed returns: 5 min in HA_PowerControl, 60 to 300 s in PELS."""

LONGEST_HOLD_SECONDS = 3600
"""However often it failed, after an hour it is tried again."""

STAGGER_SECONDS = 10
"""Between two starts, so that each is seen before the next is decided on."""

FAILED_WITHIN_SECONDS = 600
"""A return that is shed again within ten minutes failed."""

FAILURES_TO_LOCK = 3
"""So many failed returns within `LOCK_WITHIN_SECONDS` say that coming back does not work just now.

HA_PowerControl keeps off what is shed five times in ten minutes.
"""

LOCK_WITHIN_SECONDS = 600

LOCK_SECONDS = 1800
"""How long nothing shed returns then."""


class Why(StrEnum):
    WAITING = "waiting"
    SHED = "shed"


@dataclass(frozen=True, slots=True)
class Claim:
    """One appliance that is off wants to be on; it has one claim at most."""

    load_id: int
    why: Why
    since: datetime
    fits_since: datetime | None = None
    hold_seconds: int = 0
    not_before: datetime | None = None


class State(StrEnum):
    READY = "ready"
    SHORT = "short"
    """There is no room for it."""
    RESTING = "resting"
    """There is, but its minimum off time is not over."""
    HOLDING = "holding"
    """It was shed, and there has not been room for it for long enough."""
    BEHIND = "behind"
    """There is room, but those ahead of it need it."""


@dataclass(frozen=True, slots=True)
class Standing:
    claim: Claim
    place: int
    """In the queue of all claims, from 1."""
    state: State
    needs_mw: int
    """What must be free where it is tightest: the rated watts, and a margin when it was shed."""
    short_by_mw: int
    """What is missing with all those ahead that fit counted as on; more than 0 only when short or behind."""
    at: Breaker | None
    """Where it is missing."""
    until: datetime | None
    """When resting or holding ends."""
    passes: tuple[int, ...]
    """The loads ahead of it that do not fit, and that it need not wait for."""


def ordered(tree: Tree, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Who waits, by when they came; in front of each the shed that are more important; the other shed last."""
    every = list(claims)
    waiting = [claim for claim in every if claim.why is Why.WAITING]
    shed = [claim for claim in every if claim.why is Why.SHED]
    waiting.sort(key=lambda claim: (claim.since, claim.load_id))
    shed.sort(key=lambda claim: (tree.load(claim.load_id).priority, claim.load_id), reverse=True)
    queue = []
    for claim in waiting:
        while shed and tree.load(shed[-1].load_id).priority < tree.load(claim.load_id).priority:
            queue.append(shed.pop())
        queue.append(claim)
    return (*queue, *reversed(shed))


def standings(
    tree: Tree, claims: Iterable[Claim], now: datetime, *, returns_held_until: datetime | None = None
) -> tuple[Standing, ...]:
    """Where each claim stands, in the order of the queue. Claims of what is on are settled and left out.

    What fits keeps its room from those behind it, also while it rests or holds. So a smaller one passes a
    larger one only where that would not fit anyway.
    """
    open_claims = (claim for claim in claims if not tree.load(claim.load_id).is_on)
    actually_free_mw = {each.id: each.limit_mw - tree.carried_mw(each.id) for each in tree.breakers}
    free_mw = dict(actually_free_mw)
    too_large: list[int] = []
    found = []
    for place, claim in enumerate(ordered(tree, open_claims), start=1):
        load = tree.load(claim.load_id)
        needs_mw, short_by_mw, at = _tightest(tree, claim, free_mw)
        if short_by_mw > 0:
            state = State.SHORT if _tightest(tree, claim, actually_free_mw)[1] > 0 else State.BEHIND
            found.append(Standing(claim, place, state, needs_mw, short_by_mw, at, until=None, passes=()))
            too_large.append(load.id)
        else:
            state, until = _state(load, claim, now, returns_held_until)
            found.append(Standing(claim, place, state, needs_mw, 0, None, until, passes=tuple(too_large)))
            for above in tree.path(load.circuit_id):
                free_mw[above.id] -= load.rated_mw
    return tuple(found)


def _tightest(tree: Tree, claim: Claim, free_mw: Mapping[int, int]) -> tuple[int, int, Breaker]:
    """What it needs, how much of that is missing, and where: the most on its way up, the nearest among equals."""
    load = tree.load(claim.load_id)
    needed = ((_needs_mw(load, claim, above), above) for above in tree.path(load.circuit_id))
    needs_mw, at = max(needed, key=lambda each: each[0] - free_mw[each[1].id])
    return needs_mw, needs_mw - free_mw[at.id], at


def _needs_mw(load: Load, claim: Claim, breaker: Breaker) -> int:
    return load.rated_mw if claim.why is Why.WAITING else to_return_mw(load, breaker)


def to_return_mw(load: Load, breaker: Breaker) -> int:
    """What must be free at a breaker for something shed to return: its watts and a margin.

    Never more than the breaker has with everything else off, or it could not return at all.
    """
    return load.rated_mw + max(0, min(MARGIN_MW, breaker.limit_mw - load.rated_mw))


def _state(
    load: Load, claim: Claim, now: datetime, returns_held_until: datetime | None
) -> tuple[State, datetime | None]:
    """Of one that fits."""
    if rests_until := resting.rests_until(load, now):
        return State.RESTING, rests_until
    if claim.why is Why.SHED:
        held = (claim.fits_since or now) + timedelta(seconds=claim.hold_seconds)
        until = max(each for each in (held, claim.not_before, returns_held_until) if each is not None)
        if until > now:
            return State.HOLDING, until
    return State.READY, None


def hold_after(failures: int) -> int:
    """The seconds there must be room after so many failed returns in a row: doubled by each, up to an hour."""
    doublings = min(failures, LONGEST_HOLD_SECONDS.bit_length())
    return min(HOLD_SECONDS << doublings, LONGEST_HOLD_SECONDS)


def locked_until(failed_at: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when every return is held, because too many failed too close together; None when none is."""
    failures = sorted(failed_at)
    within = timedelta(seconds=LOCK_WITHIN_SECONDS)
    until = [
        last + timedelta(seconds=LOCK_SECONDS)
        for first, last in zip(failures, failures[FAILURES_TO_LOCK - 1 :], strict=False)
        if last - first <= within
    ]
    return until[-1] if until and until[-1] > now else None
