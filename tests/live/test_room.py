"""A room with many watchers: what they are told is whole and in order, and holds up nobody else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from appliances.live import rendering, room
from appliances.live.rendering import JSON, Drawn, Push, Shown, Variant
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

    def read(work: Any, *_args: Any) -> Future[Drawn]:
        done: Future[Drawn] = Future()
        done.set_result(drawn(here.revision + 1, "change" if work is rendering.refresh else "ahead"))
        return done

    async def sure() -> None:
        if are_sure is not None:
            await are_sure.wait()

    here = Room(1, read, sure)
    here._shown, here.watchers = Shown(at_revision(1), {VARIANT: 1}), dict.fromkeys(watchers)
    yield here
    here.close()


def at_revision(number: int) -> Any:
    return SimpleNamespace(home=SimpleNamespace(revision=number))


def drawn(revision: int, said: str) -> Drawn:
    return Drawn(at_revision(revision), {VARIANT: Push(revision, f"{said} {revision}", None)})


def left(revision: int = 2, *, is_committed: bool = True, appliances: int = 1) -> Any:
    rows = SimpleNamespace(appliances=dict.fromkeys(range(appliances)))
    return SimpleNamespace(home=SimpleNamespace(pk=1, revision=revision), rows=rows, is_committed=is_committed)


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


@asynccontextmanager
async def at_rest() -> AsyncIterator[tuple[Room, list[str]]]:
    """A room with one watcher and nothing to tell, and what the watcher hears."""
    heard: list[str] = []
    with a_room([Watcher(heard.append)]) as here:
        for _ in range(5):
            await asyncio.sleep(0)
        yield here, heard


async def first_told(here: Room, heard: list[str], revision: int) -> str:
    here.look(revision)
    while not heard:
        await asyncio.sleep(0)
    return heard[0]


async def test_what_was_drawn_while_it_was_committed_is_told() -> None:
    async with at_rest() as (here, heard):
        here.foresee(left())

        assert await first_told(here, heard, 2) == "ahead 2"


@pytest.mark.parametrize(
    "foreseen",
    [left(is_committed=False), left(appliances=room.MOST_AHEAD + 1)],
    ids=["it was undone", "a home that takes long to draw"],
)
async def test_otherwise_the_home_is_read(foreseen: Any) -> None:
    async with at_rest() as (here, heard):
        here.foresee(foreseen)

        assert await first_told(here, heard, 2) == "change 2"


async def test_the_home_is_read_where_more_came_than_was_drawn() -> None:
    async with at_rest() as (here, heard):
        here.foresee(left(2))

        assert await first_told(here, heard, 3) == "change 2"


async def test_the_home_is_read_for_whoever_has_just_come() -> None:
    async with at_rest() as (here, heard):
        here.foresee(left())
        here.join(Watcher(heard.append))

        assert await first_told(here, heard, 2) == "change 2"


async def test_what_follows_something_else_than_is_shown_is_not_told() -> None:
    async with at_rest() as (here, heard):
        here.foresee(left(3))
        here._shown = Shown(at_revision(2), {VARIANT: 2})

        assert await first_told(here, heard, 3) == "change 3"


async def test_nothing_is_drawn_ahead_while_changes_are_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are told as one."""
    monkeypatch.setattr(room, "MERGE", 60)
    async with at_rest() as (here, heard):
        await first_told(here, heard, 2)
        here.foresee(left(3))

        assert here._ahead is None


async def test_what_could_not_be_drawn_is_read() -> None:
    async with at_rest() as (here, heard):
        here.foresee(left())
        failed: Future[None] = Future()
        failed.set_exception(ValueError("no such template"))
        assert here._ahead is not None
        here._ahead = room.Ahead(here._ahead.left, here._ahead.since, failed)

        assert await first_told(here, heard, 2) == "change 2"


async def test_after_a_restore_it_listens_to_lower_revisions_again() -> None:
    async with at_rest() as (here, heard):
        assert await first_told(here, heard, 50) == "change 2"

        assert here.has_heard_of(2)
        assert not here.has_heard_of(3)


async def test_what_was_heard_of_while_the_home_was_read_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MERGE", 0)
    async with at_rest() as (here, heard):
        here.look(2)
        await asyncio.sleep(0)
        here.look(3)
        while len(heard) < 2:
            await asyncio.sleep(0)

    assert heard == ["change 2", "change 3"]
