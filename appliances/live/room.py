"""The watchers of one home in this process: every revision is read and rendered once, and sent in a plain loop."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from appliances.live import rendering
from appliances.live.rendering import Drawn, Push, Shown, Variant
from appliances.live.visitor import NOT_YOURS, Visitor
from appliances.services.leaving import Left
from appliances.services.outcome import Missing
from appliances.telemetry import figures

log = logging.getLogger(__name__)

MERGE = 0.05
"""Seconds after a push in which further changes are gathered into the next one."""

AT_A_STRETCH = 16
"""Sockets that are told before the loop does what else there is, such as the answer to whoever made the change."""

MOST_AHEAD = 100
"""Appliances of a home that is drawn while a change is being committed; a larger one takes longer than the disk does,
and whoever commits would wait for the interpreter meanwhile."""

RETRY = 1.0
"""Seconds before reading again after the database failed."""

InThread = Callable[..., "Future[Any]"]
"""Have work done by one of the hub's threads."""


class Watcher(Protocol):
    visitor: Visitor
    variant: Variant

    async def frame(self, text: str) -> None: ...
    async def end(self, code: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Ahead:
    """A change that is being drawn while it is being committed."""

    left: Left
    since: Shown
    drawn: "Future[Drawn | None]"


class Room:
    def __init__(self, home_id: int, in_thread: InThread, sure_who_watches: Callable[[], Awaitable[None]]) -> None:
        self.home_id = home_id
        self.watchers: dict[Watcher, None] = {}
        self._joining: dict[Watcher, None] = {}
        """Those that the next reading is for, or that it is being read for now."""
        self._shown = Shown()
        """Never changed, but for another one: the thread that commits looks at it too."""
        self._ahead: Ahead | None = None
        self._heard_of = 0
        """The newest revision that it was told to look for."""
        self._in_thread = in_thread
        self._sure_who_watches = sure_who_watches
        self._wanted = asyncio.Event()
        self._rests = False
        """Nothing is to be told, and nothing was just now."""
        self._speaking = asyncio.Lock()
        """Held while they are told something: nobody hears of a revision that is still on its way to them."""
        self._published_at: float | None = None
        """Of the oldest change that watchers have not been told."""
        self._pump = asyncio.create_task(self._run())

    @property
    def revision(self) -> int:
        return self._shown.revision

    @property
    def is_empty(self) -> bool:
        return not self.everyone

    @property
    def everyone(self) -> list[Watcher]:
        return [*self.watchers, *self._joining]

    def join(self, watcher: Watcher) -> None:
        """The watcher gets the whole state, read after now, and from then on every change."""
        self._joining[watcher] = None
        self.look()

    def leave(self, watcher: Watcher) -> None:
        self.watchers.pop(watcher, None)
        self._joining.pop(watcher, None)
        watched = {one.variant for one in self.watchers}
        if not self._shown.states.keys() <= watched:
            states = {variant: state for variant, state in self._shown.states.items() if variant in watched}
            self._shown = Shown(self._shown.at, states)

    def foresee(self, left: Left) -> None:
        """In the thread that is about to commit it: have it drawn meanwhile, unless more is to be told than this."""
        before, shown = self._ahead, self._shown
        is_small = len(left.rows.appliances) <= MOST_AHEAD
        if is_small and self._rests and shown.states and not (before and before.left.is_committed):
            self._ahead = Ahead(left, shown, self._in_thread(rendering.ahead, shown, left))

    def has_heard_of(self, revision: int) -> bool:
        return revision <= self._heard_of

    def look(self, revision: int = 0, published_at: float | None = None) -> None:
        """There may be something new: that revision, which was published at that moment."""
        self._heard_of = max(self._heard_of, revision)
        if published_at is not None:
            self._published_at = min(published_at, self._published_at or published_at)
        self._wanted.set()

    def close(self) -> None:
        self._pump.cancel()

    async def end(self, watcher: Watcher, code: int) -> None:
        """Close one socket; one that is closed already is no reason to keep the others open."""
        self.leave(watcher)
        try:
            await watcher.end(code)
        except Exception as why:  # as in _send
            log.info("A watcher of home %s was gone already: %r", self.home_id, why)

    async def tell(self, ran_at: datetime | None = None) -> None:
        """A heartbeat to everyone; the revision they have goes with it, and when a controller last ran."""
        async with self._speaking:
            variants = {watcher.variant for watcher in self.watchers}
            await self._tell_all({one: self._heartbeat(one, ran_at) for one in variants})

    def _heartbeat(self, of: Variant, ran_at: datetime | None) -> str:
        return rendering.heartbeat(of, self.home_id, self.revision, self._shown.states.get(of), ran_at)

    async def _run(self) -> None:
        while True:
            self._rests = True
            await self._wanted.wait()
            self._rests = False
            self._wanted.clear()
            try:
                await self._refresh(list(self._joining))
            except Missing:
                for watcher in self.everyone:
                    await self.end(watcher, NOT_YOURS)
            except Exception:
                log.exception("Home %s could not be shown; trying again", self.home_id)
                self.look()
                await asyncio.sleep(RETRY)
            await asyncio.sleep(MERGE)

    async def _refresh(self, joining: list[Watcher]) -> None:
        published_at, self._published_at = self._published_at, None
        drawn = await self._drawn(joining)
        pushes = drawn.pushes
        # Not while speaking: a heartbeat that waited for this would keep the looks at who may stay from being taken.
        await self._sure_who_watches()
        async with self._speaking:
            self._shown = drawn.shown
            if not self._wanted.is_set():
                # Nothing newer was heard of meanwhile. It may be less than before: a restore takes revisions back.
                self._heard_of = self.revision
            for watcher in await self._tell_all({one: push.change for one, push in pushes.items() if push.change}):
                figures.pushes.add(watcher.variant.form)
            if published_at is not None and self.watchers:
                # Clocks of two machines may differ by more than it took.
                figures.push_latency.observe(max(0.0, time.time() - published_at))
            await self._let_in(joining, pushes)

    async def _drawn(self, joining: list[Watcher]) -> Drawn:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and not joining and self._is_it(ahead):
            try:
                found = ahead.drawn.result() if ahead.drawn.done() else await asyncio.wrap_future(ahead.drawn)
            except Exception as why:  # it is read then, and what is wrong is found out there
                log.info("Home %s could not be drawn ahead: %r", self.home_id, why)
                found = None
            if found is not None:
                return found
        variants = {watcher.variant for watcher in joining}
        drawn: Drawn = await asyncio.wrap_future(
            self._in_thread(rendering.refresh, self.home_id, self._shown, variants)
        )
        return drawn

    def _is_it(self, ahead: Ahead) -> bool:
        """What was drawn is what there is to tell: it came to be, follows what is shown, and nothing newer is known."""
        left = ahead.left
        return left.is_committed and ahead.since is self._shown and left.home.revision >= self._heard_of

    async def _let_in(self, joining: list[Watcher], pushes: Mapping[Variant, Push]) -> None:
        for watcher in joining:
            # Unless it has left meanwhile, or was shown out.
            if watcher in self._joining:
                del self._joining[watcher]
                self.watchers[watcher] = None
                await self._send(watcher, pushes[watcher.variant].full or "")

    async def _tell_all(self, texts: Mapping[Variant, str]) -> list[Watcher]:
        """Every watcher what is for its variant, and those that were told; others do what they do in between."""
        told = [watcher for watcher in self.watchers if watcher.variant in texts]
        for number, watcher in enumerate(told, 1):
            await self._send(watcher, texts[watcher.variant])
            if number % AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return told

    async def _send(self, watcher: Watcher, text: str) -> None:
        try:
            await watcher.frame(text)
        except Exception as why:  # a socket that is going away is not the others' trouble
            log.info("A watcher of home %s left: %r", self.home_id, why)
            self.leave(watcher)
