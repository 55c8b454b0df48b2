"""A home's newest state once for every variant that is watched. Runs in a thread of the hub's."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from appliances.presentation import board, frames, notices, resources, snapshot, wall, wall_frames
from appliances.presentation.snapshot import Snapshot
from appliances.services import heartbeat as heartbeats
from appliances.services.leaving import Left

HTML = "html"
WALL = "wall"
JSON = "json"


@dataclass(frozen=True, slots=True)
class Variant:
    """What makes two watchers see different bytes."""

    form: str
    role: str


@dataclass(frozen=True, slots=True)
class Push:
    """The state a variant now shows, the frame that leads to it, and the frame that needs nothing before it."""

    state: Any
    change: str | None
    full: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the watchers of a home have been told: the home as it was, and the state each variant shows."""

    at: Snapshot | None = None
    states: Mapping[Variant, Any] = field(default_factory=dict)

    @property
    def revision(self) -> int:
        return self.at.home.revision if self.at else 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """The home as it is to be shown, and what to push to watchers of each variant."""

    at: Snapshot
    pushes: Mapping[Variant, Push]

    @property
    def shown(self) -> Shown:
        return Shown(self.at, {variant: push.state for variant, push in self.pushes.items()})


def refresh(home_id: int, shown: Shown, joining: Collection[Variant]) -> Drawn:
    """The newest revision. Raises Missing."""
    at = snapshot.read(home_id)
    variants = {*shown.states, *joining}
    return Drawn(at, {one: _push(at, one, shown.states.get(one), needs_full=one in joining) for one in variants})


def ahead(shown: Shown, left: Left) -> Drawn | None:
    """What follows what is shown, once it is committed; None where the home has to be read to tell."""
    at = snapshot.following(shown.at, left) if shown.at else None
    return (
        None
        if at is None
        else Drawn(at, {one: _push(at, one, state, needs_full=False) for one, state in shown.states.items()})
    )


def _push(at: Snapshot, variant: Variant, old: Any, *, needs_full: bool) -> Push:
    if variant.form == JSON:
        state = resources.state(at)
        change = json.dumps(resources.change(old, state)) if old and old["revision"] != state["revision"] else None
        return Push(state, change, json.dumps(state) if needs_full else None)
    build, drawn = (wall.screen, wall_frames) if variant.form == WALL else (board.board, frames)
    new = build(at, variant.role)
    moved = old is not None and (old.lineage, old.revision) != (new.lineage, new.revision)
    return Push(new, str(drawn.change(old, new)) if moved else None, str(drawn.full(new)) if needs_full else None)


def heartbeat(variant: Variant, home_id: int, revision: int, state: Any, ran_at: datetime | None) -> str:
    """`state` is what the variant shows, `ran_at` when a controller last ran."""
    if variant.form == JSON:
        last = ran_at.isoformat() if ran_at else None
        controller = {"ran_at": last, "late": heartbeats.is_late(ran_at, timezone.now())}
        return json.dumps({"type": "heartbeat", "revision": revision, "controller": controller})
    pulse = notices.pulse(state.meter.mode, state.timezone, ran_at, timezone.now()) if state else None
    return str(frames.heartbeat(home_id, revision, state.lineage if state else "", pulse))
