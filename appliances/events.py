"""The only door to the channel layer: after a commit, what changed is told to whoever watches the home.

Messages are facts (ids and a revision), never HTML. Delivery is worth nothing to correctness: a failing layer is
logged, never raised, and watchers repair what they missed (docs/design/live-path.md).
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from appliances.telemetry import figures

log = logging.getLogger(__name__)

CHANNEL = "hub"
"""The prefix of the names of this process's own channels."""

PATIENCE = 2.0
"""Seconds a message may take to reach the layer before it is given up."""

here: Callable[[dict[str, Any]], None] | None = None
"""Whoever watches in this process, called on its loop: what this process has done it hears at once and of itself. It
hears it again from the layer, as every process does."""

_loop: asyncio.AbstractEventLoop | None = None
_mutex = threading.Lock()
MERGE = 0.05
"""Seconds after a message about a home in which further decisions are gathered into the next one."""

_untold: dict[int, dict[str, Any]] = {}
"""By home, what is yet to be told: a burst of decisions wakes the loop once and is one message."""
_told: set[int] = set()
"""Homes that were told of just now: the loop comes back to them by itself."""


def serve_on(loop: asyncio.AbstractEventLoop) -> None:
    """Tell it which loop serves the sockets of this process; messages are handed to that loop without waiting."""
    global _loop  # noqa: PLW0603
    if loop is not _loop:
        _loop = loop
        with _mutex:
            # Whatever the last one meant to come back to.
            _told.clear()
            _untold.clear()


def group_of(home_id: int) -> str:
    return f"home.{home_id}"


def publish(*, home_id: int, revision: int, appliances: Iterable[int], circuits: Iterable[int]) -> None:
    """Tell the watchers of a home that it has reached `revision`, and which appliances and circuits changed."""
    message = {
        "type": "home.changed",
        "home": home_id,
        "revision": revision,
        "appliances": list(appliances),
        "circuits": list(circuits),
        # By the wall clock, which other processes have too.
        "at": time.time(),
    }
    loop = _loop
    if loop is None or not loop.is_running():
        async_to_sync(_send)(group_of(home_id), message)
        return
    with _mutex:
        comes_by_itself = home_id in _told or home_id in _untold
        _untold[home_id] = _merged(_untold.get(home_id), message)
    if not comes_by_itself:
        loop.call_soon_threadsafe(_tell, loop, home_id)


def _merged(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    if one is None:
        return other
    both = {name: sorted({*one[name], *other[name]}) for name in ("appliances", "circuits")}
    return {**other, **both, "revision": max(one["revision"], other["revision"]), "at": min(one["at"], other["at"])}


def _tell(loop: asyncio.AbstractEventLoop, home_id: int) -> None:
    """On the loop: the first at once, then what has come until MERGE later, until nothing has."""
    with _mutex:
        message = _untold.pop(home_id, None)
        if message is None:
            _told.discard(home_id)
            return
        _told.add(home_id)
    loop.call_later(MERGE, _tell, loop, home_id)
    if here is not None:
        here(message)
    task = loop.create_task(_send(group_of(home_id), message))
    _sending.add(task)
    task.add_done_callback(_sending.discard)


_sending: set[asyncio.Future[None]] = set()
"""The loop itself holds its tasks but weakly."""


def round_trip() -> None:
    """A message to ourselves, through the layer and back; raises what goes wrong on the way.

    On the loop that serves, where there is one, and under the prefix of the hub's channel: a process receives on one
    loop and under one prefix only.
    """
    if _loop is not None and _loop.is_running():
        asyncio.run_coroutine_threadsafe(_there_and_back(), _loop).result(2 * PATIENCE)
    else:
        async_to_sync(_there_and_back)()


async def _there_and_back() -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(PATIENCE):
        channel = await layer.new_channel(CHANNEL)
        await layer.send(channel, {"type": "ready"})
        await layer.receive(channel)


async def _send(group: str, message: dict[str, Any]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await get_channel_layer().group_send(group, message)
        figures.published.add("sent")
    except Exception as why:  # the layer's own errors are many; none of them may reach a decision
        figures.published.add("failed")
        log.warning("Watchers of %s were not told of revision %s: %r", group, message["revision"], why)
