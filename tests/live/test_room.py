"""A room with many watchers: what they are told is whole and in order, and holds up nobody else."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from appliances.live import rendering, room
from appliances.live.rendering import JSON, Push, Variant
from appliances.live.room import Room
from appliances.services.access import Role

VARIANT = Variant(JSON, Role.OWNER)


class Watcher:
    visitor: Any = None
    variant = VARIANT

    def __init__(self, when_told: Callable[[str], None], slow_for: str = "nothing") -> None:
        self._when_told, self.slow_for = when_told, slow_for

    async def frame(self, text: str) -> None:
        if text.startswith(self.slow_for):
            await asyncio.sleep(0.01)
        self._when_told(text)

    async def end(self, code: int) -> None: ...


@contextmanager
def a_room(watchers: list[Watcher], are_sure: asyncio.Event | None = None) -> Iterator[Room]:
    """At revision 1; the next reading finds one more. Who watches is sure from the start, or once it is said."""

    async def read(*_args: Any) -> tuple[int, dict[Variant, Push]]:
        revision = here.revision + 1
        return revision, {VARIANT: Push(revision, f"change {revision}", None)}

    async def sure() -> None:
        if are_sure is not None:
            await are_sure.wait()

    here = Room(1, read, sure)
    here.revision, here.watchers = 1, dict.fromkeys(watchers)
    yield here
    here.close()


async def test_between_them_the_loop_does_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_A_STRETCH", 2)
    seen: list[str] = []

    def told(_text: str) -> None:
        seen.append("told")
        asyncio.get_running_loop().call_soon(seen.append, "else")

    with a_room([Watcher(told) for _ in range(5)]) as here:
        here.look()
        while len(seen) < 10:
            await asyncio.sleep(0)

    assert seen == ["told", "told", "else", "else", "told", "told", "else", "else", "told", "else"]


async def test_a_heartbeat_waits_for_the_push_that_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_A_STRETCH", 1)
    monkeypatch.setattr(rendering, "heartbeat", lambda _one, _home, revision, *_more: f"heartbeat {revision}")
    heard: list[list[str]] = [[] for _ in range(4)]
    beats: list[asyncio.Task[None]] = []

    def told(text: str) -> None:
        heard[0].append(text)
        if not beats:
            beats.append(asyncio.get_running_loop().create_task(here.tell()))

    with a_room([Watcher(told), *(Watcher(one.append, "change") for one in heard[1:])]) as here:
        here.look()
        while not all(len(one) == 2 for one in heard):
            await asyncio.sleep(0)

    assert heard == [["change 2", "heartbeat 2"]] * 4


async def test_no_heartbeat_waits_for_a_push_that_is_not_sure_yet_who_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes from the look that the push waits for."""
    monkeypatch.setattr(rendering, "heartbeat", lambda _one, _home, revision, *_more: f"heartbeat {revision}")
    heard: list[str] = []
    are_sure = asyncio.Event()

    with a_room([Watcher(heard.append)], are_sure) as here:
        here.look()
        await asyncio.sleep(0.01)
        await asyncio.wait_for(here.tell(), 5)
        are_sure.set()
        while len(heard) < 2:
            await asyncio.sleep(0)

    assert heard == ["heartbeat 1", "change 2"]
