"""How many sockets may be opened, on a clock that the test sets."""

import asyncio
from typing import Any

import pytest

from tests.serving.asking import a_request
from voltsafe.handshakes import DENIAL, Handshakes


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Sockets:
    """An application that answers each handshake as it is told, and keeps open those it let in."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = answers
        self.let_go = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        for answer in self.answers:
            await send(answer)
        if self.answers[-1]["type"] != "websocket.close":
            await self.let_go.wait()


ACCEPT = {"type": "websocket.accept"}
SIGNED_OUT = {"type": "websocket.close", "code": 4401}
REFUSED = {"type": "websocket.close", "code": 4403}
TOO_MANY = {"type": "websocket.close", "code": 4429}
TOLD = {"type": "websocket.send", "text": "the whole"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def opened(door: Any, address: str = "192.0.2.7", *, says_status: bool = True) -> Any:
    """The status with which it was refused, or the type of the last that was said."""
    heard: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        heard.append(message)

    extensions = {"extensions": {DENIAL: {}}} if says_status else {}
    door.task = asyncio.ensure_future(door(a_request(type="websocket", client=[address, 1], **extensions), None, send))
    await asyncio.sleep(0)
    return heard[0].get("status", heard[-1]["type"])


@pytest.fixture
def limits(settings: Any) -> None:
    settings.HANDSHAKES_A_MINUTE, settings.FAILED_HANDSHAKES_A_MINUTE, settings.SOCKETS = 5, 2, 100


async def statuses(door: Any, many: int, address: str = "192.0.2.7") -> list[Any]:
    return [await opened(door, address) for _ in range(many)]


async def test_one_address_opens_so_many_a_minute(limits: None, clock: Clock, caplog: Any) -> None:
    door = Handshakes(Sockets(ACCEPT), clock)

    assert await statuses(door, 7) == ["websocket.accept"] * 5 + [429] * 2
    assert await statuses(door, 1, "192.0.2.8") == ["websocket.accept"]
    clock.now = 12
    assert await statuses(door, 2) == ["websocket.accept", 429]
    assert [record.getMessage() for record in caplog.records] == [
        "Sockets from 192.0.2.7 are refused for now: too many handshakes."
    ]


@pytest.mark.parametrize("failure", [[REFUSED], [ACCEPT, SIGNED_OUT], [ACCEPT, REFUSED]], ids=str)
async def test_one_address_fails_so_many_times_a_minute(limits: None, clock: Clock, failure: Any) -> None:
    door = Handshakes(Sockets(*failure), clock)

    assert await statuses(door, 4) == ["websocket.close"] * 2 + [429] * 2
    clock.now = 30
    assert await statuses(door, 2) == ["websocket.close", 429]


@pytest.mark.parametrize("end", [[ACCEPT, TOLD, SIGNED_OUT], [ACCEPT, TOLD, REFUSED], [ACCEPT, TOO_MANY]], ids=str)
async def test_being_shown_out_later_or_for_want_of_room_is_no_failure(limits: None, clock: Clock, end: Any) -> None:
    door = Handshakes(Sockets(*end), clock)

    assert await statuses(door, 4) == ["websocket.close"] * 4


async def test_an_ipv6_network_is_one_address(limits: None, clock: Clock) -> None:
    door = Handshakes(Sockets(REFUSED), clock)
    await opened(door, "2001:db8:1:2::1")
    await opened(door, "2001:db8:1:2::2")

    assert await opened(door, "2001:db8:1:2:ffff::3") == 429
    assert await opened(door, "2001:db8:1:3::1") == "websocket.close"


async def test_all_together_have_so_many_open_and_give_them_back(limits: None, clock: Clock, settings: Any) -> None:
    settings.SOCKETS = 2
    sockets = Sockets(ACCEPT)
    door = Handshakes(sockets, clock)

    assert await statuses(door, 3) == ["websocket.accept"] * 2 + [503]
    sockets.let_go.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert await statuses(door, 1) == ["websocket.accept"]


async def test_a_server_that_knows_no_status_refuses_as_it_can(limits: None, clock: Clock) -> None:
    door = Handshakes(Sockets(REFUSED), clock)
    await statuses(door, 2)

    assert await opened(door, says_status=False) == "websocket.close"
