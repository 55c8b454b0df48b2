"""All watchers of this process: it joins a home's group once for all of them, and looks after who may stay.

One channel of the layer; a few threads for reading homes, so that one that is slow keeps no other waiting. Nothing here
depends on a message arriving: every second the revisions are read, so a lost message, a flushed layer or a change made
by another program costs a second.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import close_old_connections, connections

from appliances import events
from appliances.live import visitor
from appliances.live.crowd import Crowd
from appliances.live.lanes import Lanes
from appliances.live.room import Room, Watcher
from appliances.live.visitor import Visitor
from appliances.models import Home
from appliances.services import heartbeat, leaving
from appliances.services.leaving import Left

log = logging.getLogger(__name__)
T = TypeVar("T")

SURVEY = 1.0
"""Seconds between looks at revisions and permissions: half of what a signed-out person's socket may stay open."""

FRESH = 2.0
"""Seconds since the last look within which a home is told of: nobody hears more from us who may have been shown out."""

READERS = 2
"""Homes that are read at once; the next one waits."""

HEARTBEAT_EVERY = 10
"""Surveys between heartbeats: ten seconds."""

RENEW_EVERY = 60.0
"""Seconds between renewals of group membership: far below the day after which it expires."""


class Hub:
    def __init__(self) -> None:
        self._rooms: dict[int, Room] = {}
        self.crowd = Crowd()
        self.lanes = Lanes()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="voltsafe-hub")
        # Apart from those that read homes, and two: neither slow homes nor a slow look hold up the next look.
        self._surveyors = [ThreadPoolExecutor(1, thread_name_prefix="voltsafe-survey") for _ in range(2)]
        self._looking: dict[ThreadPoolExecutor, asyncio.Task[None]] = {}
        self._looked_at = 0.0
        self._looked = asyncio.Condition()
        self._layer = get_channel_layer()
        self._channel = ""
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Run database work in a thread of the hub's, on a connection that is checked first."""
        return await asyncio.wrap_future(self._submit(work, *args))

    def _submit(self, work: Callable[..., T], *args: Any) -> "Future[T]":
        return self._readers.submit(_checked, work, *args)

    async def join(self, watcher: Watcher) -> None:
        home_id = watcher.visitor.home_id
        await self._start()
        is_first = home_id not in self._rooms
        if is_first:
            self._rooms[home_id] = Room(home_id, self._submit, self.sure_who_watches)
        # Before the layer, which may keep us waiting: from now on it is looked after.
        self._rooms[home_id].join(watcher)
        if is_first:
            await self._add_group(home_id)

    async def leave(self, watcher: Watcher) -> None:
        room = self._rooms.get(watcher.visitor.home_id)
        if room is None:
            return
        room.leave(watcher)
        if room.is_empty:
            del self._rooms[room.home_id]
            room.close()
            await self._quietly(self._layer.group_discard(events.group_of(room.home_id), self._channel))
        if not self._rooms:
            self._stop()

    async def sure_who_watches(self) -> None:
        """Wait until a look at permissions is so recent that whoever is still here may be told something."""
        async with self._looked:
            await self._looked.wait_for(lambda: time.monotonic() - self._looked_at < FRESH)

    def _foresee(self, left: Left) -> None:
        """In the thread that is about to commit it."""
        room = self._rooms.get(left.home.pk)
        if room is not None:
            room.foresee(left)

    async def _start(self) -> None:
        async with self._starting:
            if not self._tasks:
                # Nobody has watched up to now; whoever comes was looked at on the way in.
                self._looked_at = time.monotonic()
                events.serve_on(asyncio.get_running_loop())
                leaving.listener, events.here = self._foresee, self._hear
                self._channel = await self._layer.new_channel(events.CHANNEL)
                self._tasks = [
                    asyncio.create_task(work()) for work in (self._listen, self._look_after, self._renew_groups)
                ]

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        for thread in self._surveyors:
            thread.submit(connections.close_all)
        self.lanes.rest()
        together = threading.Barrier(READERS)
        for _ in range(READERS):
            self._readers.submit(_close, together)

    async def _listen(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel)
            except Exception as why:  # the layer is down; the survey goes on without it
                log.warning("The channel layer does not answer: %r", why)
                await asyncio.sleep(SURVEY)
                continue
            self._hear(message)

    def _hear(self, message: Mapping[str, Any]) -> None:
        """What is shown already, or going to be, was heard before."""
        room = self._rooms.get(message.get("home", 0))
        if room is not None and not room.has_heard_of(message["revision"]):
            room.look(message["revision"], message.get("at"))

    async def _look_after(self) -> None:
        turn, due, heartbeat, was_free = 0, time.monotonic(), False, True
        while True:
            # By the clock, not after the last one: what a survey takes is no time in which nobody looks.
            due = max(due + SURVEY, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            turn += 1
            heartbeat = heartbeat or turn % HEARTBEAT_EVERY == 0
            free = next((one for one in self._surveyors if one not in self._looking), None)
            if free is not None:
                self._looking[free] = asyncio.create_task(self._survey(free, heartbeat=heartbeat))
                heartbeat = False
            elif was_free:
                log.warning("The database answers too slowly to look after watchers; they are told nothing meanwhile.")
            was_free = free is not None

    async def _renew_groups(self) -> None:
        """Apart from the surveys: a layer that does not answer keeps nobody from being shown out."""
        while True:
            await asyncio.sleep(RENEW_EVERY)
            for home_id in list(self._rooms):
                await self._add_group(home_id)

    async def _survey(self, thread: ThreadPoolExecutor, *, heartbeat: bool) -> None:
        try:
            await self._look(thread, heartbeat=heartbeat)
        except Exception as why:  # nobody is told anything until it works again, so every page says that it is stale
            log.warning("Watchers could not be looked after: %r", why)
        finally:
            del self._looking[thread]

    async def _look(self, thread: ThreadPoolExecutor, *, heartbeat: bool) -> None:
        watching = [(room, watcher) for room in self._rooms.values() for watcher in room.everyone]
        visitors = {watcher.visitor for _room, watcher in watching}
        began = time.monotonic()
        read = thread.submit(_checked, _read, list(self._rooms), visitors, heartbeat)
        revisions, leaving, ran_at = await asyncio.wrap_future(read)
        for room, watcher in watching:
            if watcher.visitor in leaving:
                await room.end(watcher, leaving[watcher.visitor])
        async with self._looked:
            self._looked_at = max(self._looked_at, began)
            self._looked.notify_all()
        for home_id, room in list(self._rooms.items()):
            newest = revisions.get(home_id, 0)
            if newest != room.revision:
                room.look(newest)
            elif heartbeat:
                await room.tell(ran_at)

    async def _add_group(self, home_id: int) -> None:
        await self._quietly(self._layer.group_add(events.group_of(home_id), self._channel))

    async def _quietly(self, call: Any) -> None:
        try:
            async with asyncio.timeout(SURVEY):
                await call
        except Exception as why:  # as in _listen
            log.warning("The channel layer does not answer: %r", why)


def _checked(work: Callable[..., T], *args: Any) -> T:
    """On a connection of this thread that is checked first."""
    close_old_connections()
    return work(*args)


def _close(together: threading.Barrier) -> None:
    """Of every reader its connection: none is through before all are here, so none is here twice."""
    connections.close_all()
    with contextlib.suppress(threading.BrokenBarrierError):
        together.wait(30)


def _read(
    home_ids: Iterable[int],
    visitors: set[Visitor],
    with_controller: bool,  # noqa: FBT001
) -> tuple[dict[int, int], dict[Visitor, int], datetime | None]:
    rows = list(Home.objects.filter(pk__in=list(home_ids)).values_list("pk", "revision", "lineage"))
    leaving = visitor.of_other_lineages(visitors, {pk: lineage for pk, _revision, lineage in rows})
    leaving |= visitor.to_close(visitors)
    return {pk: revision for pk, revision, _lineage in rows}, leaving, heartbeat.last_run() if with_controller else None


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def of_this_process() -> Hub:
    """The hub of the running loop; a server has one loop, a test may have many."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
