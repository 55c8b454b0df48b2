"""All watchers of this process: it joins a home's group once for all of them, and looks after who may stay.

One channel of the layer, one thread for the database. Nothing here depends on a message arriving: every two seconds
the revisions are read, so a lost message, a flushed layer or a change made by another program costs two seconds.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import close_old_connections, connections

from appliances import events
from appliances.live import visitor
from appliances.live.room import Room, Watcher
from appliances.live.visitor import Visitor
from appliances.models import Home
from appliances.services import heartbeat

log = logging.getLogger(__name__)
T = TypeVar("T")

SURVEY = 2.0
"""Seconds between looks at revisions and permissions: a signed-out person's socket closes within this."""

HEARTBEAT_EVERY = 5
"""Surveys between heartbeats: ten seconds."""

RENEW_EVERY = 30
"""Surveys between renewals of group membership: a minute, far below the day after which it expires."""


class Hub:
    def __init__(self) -> None:
        self._rooms: dict[int, Room] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voltsafe-hub")
        self._layer = get_channel_layer()
        self._channel = ""
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Run database work in the hub's one thread, on a connection that is checked first."""

        def checked() -> T:
            close_old_connections()
            return work(*args)

        return await asyncio.get_running_loop().run_in_executor(self._thread, checked)

    async def join(self, watcher: Watcher) -> None:
        home_id = watcher.visitor.home_id
        await self._start()
        if home_id not in self._rooms:
            self._rooms[home_id] = Room(home_id, self.in_thread)
            await self._add_group(home_id)
        self._rooms[home_id].join(watcher)

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

    async def _start(self) -> None:
        async with self._starting:
            if not self._tasks:
                events.serve_on(asyncio.get_running_loop())
                self._channel = await self._layer.new_channel("hub")
                self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look_after())]

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        self._thread.submit(connections.close_all)

    async def _listen(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel)
            except Exception as why:  # the layer is down; the survey goes on without it
                log.warning("The channel layer does not answer: %r", why)
                await asyncio.sleep(SURVEY)
                continue
            room = self._rooms.get(message.get("home", 0))
            if room is not None:
                room.look()

    async def _look_after(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(SURVEY)
            turn += 1
            try:
                await self._survey(heartbeat=turn % HEARTBEAT_EVERY == 0)
            except Exception as why:  # no heartbeat goes out, so every page says that it is stale
                log.warning("Watchers could not be looked after: %r", why)
            if turn % RENEW_EVERY == 0:
                for home_id in list(self._rooms):
                    await self._add_group(home_id)

    async def _survey(self, *, heartbeat: bool) -> None:
        watching = [(room, watcher) for room in self._rooms.values() for watcher in room.watchers]
        visitors = {watcher.visitor for _room, watcher in watching}
        revisions, leaving, ran_at = await self.in_thread(_read, list(self._rooms), visitors)
        for room, watcher in watching:
            if watcher.visitor in leaving:
                await room.end(watcher, leaving[watcher.visitor])
        for home_id, room in list(self._rooms.items()):
            newest = revisions.get(home_id, 0)
            if newest != room.revision:
                room.look()
            elif heartbeat:
                await room.tell(newest, ran_at)

    async def _add_group(self, home_id: int) -> None:
        await self._quietly(self._layer.group_add(events.group_of(home_id), self._channel))

    async def _quietly(self, call: Any) -> None:
        try:
            async with asyncio.timeout(SURVEY):
                await call
        except Exception as why:  # as in _listen
            log.warning("The channel layer does not answer: %r", why)


def _read(
    home_ids: Iterable[int], visitors: set[Visitor]
) -> tuple[dict[int, int], dict[Visitor, int], datetime | None]:
    rows = Home.objects.filter(pk__in=list(home_ids)).values_list("pk", "revision")
    return dict(rows), visitor.to_close(visitors), heartbeat.last_run()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def of_this_process() -> Hub:
    """The hub of the running loop; a server has one loop, a test may have many."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
