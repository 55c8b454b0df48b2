"""A wall screen's socket: its cookie says which home, and it closes when the wall goes, is linked again or changes."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from appliances.services import actor, walls
from tests.builders import a_wall, a_wall_to_be, turn_on
from tests.live.test_json_socket import a_furnished_home
from tests.presentation import markup

pytestmark = [pytest.mark.django_db(transaction=True)]

Dial = Callable[..., Any]
WALL = "/ws/wall/"


def given(home: Any, row: Any) -> dict[str, Any]:
    return {"home_id": home.pk, "wall_id": row.pk, "by": actor.SYSTEM, "now": timezone.now()}


async def test_the_whole_comes_first_then_what_changed(dial: Dial) -> None:
    _owner, home, kettle, _heater = await a_furnished_home()
    _row, secret = await sync_to_async(a_wall)(home)
    socket = await dial(WALL, wall=secret)

    whole = markup.roots(await socket.receive_from(5))
    await sync_to_async(turn_on)(kettle)
    change = markup.roots(await socket.receive_from(5))

    assert [one[1]["id"] for one in whole] == ["revision", "overload", "pulse", "limits", "meter", "board"]
    assert change[0][1]["data-previous"] == whole[0][1]["data-revision"]
    assert {one[1]["id"] for one in change} >= {"meter", f"appliance-{kettle.pk}"}


async def test_one_that_only_looks_is_sent_nothing_to_press(dial: Dial) -> None:
    _owner, home, *_ = await a_furnished_home()
    _row, switching = await sync_to_async(a_wall)(home, "Hallway")
    _row, looking = await sync_to_async(a_wall)(home, "Attic", is_read_only=True)

    frames = [await (await dial(WALL, wall=secret)).receive_from(5) for secret in (switching, looking)]

    assert ["<button" in frame for frame in frames] == [True, False]


async def test_a_heartbeat_reaches_it(dial: Dial, quick_survey: None) -> None:
    _owner, home, *_ = await a_furnished_home()
    _row, secret = await sync_to_async(a_wall)(home)
    socket = await dial(WALL, wall=secret)
    whole = markup.roots(await socket.receive_from(5))

    beat = markup.roots(await socket.receive_from(5))

    assert beat[0][1]["data-heartbeat"] == "true"
    assert beat[0][1]["data-revision"] == whole[0][1]["data-revision"]


async def test_nobody_else_is_let_in(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()
    _row, link = await sync_to_async(a_wall_to_be)(home)
    client = Client()
    await sync_to_async(client.force_login)(owner)

    for how in ({}, {"wall": "vsw_guess"}, {"wall": link}, {"client": client}, {"user": owner}):
        assert await (await dial(WALL, **how)).closed_with() == 4401, how


async def test_its_secret_opens_no_other_socket(dial: Dial) -> None:
    _owner, home, *_ = await a_furnished_home()
    _row, secret = await sync_to_async(a_wall)(home)

    for path in (f"/ws/homes/{home.slug}/", f"/ws/api/v1/homes/{home.slug}/"):
        assert await (await dial(path, wall=secret)).closed_with() == 4401


async def test_who_is_signed_in_on_it_makes_no_difference(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()
    _row, secret = await sync_to_async(a_wall)(home, is_read_only=True)
    client = Client()
    await sync_to_async(client.force_login)(owner)

    socket = await dial(WALL, wall=secret, client=client)

    assert "<button" not in await socket.receive_from(5)


async def test_a_removed_one_is_closed(dial: Dial, quick_survey: None) -> None:
    _owner, home, *_ = await a_furnished_home()
    row, secret = await sync_to_async(a_wall)(home)
    socket = await dial(WALL, wall=secret)
    await socket.receive_from(5)

    await sync_to_async(walls.remove)(**given(home, row))

    assert await socket.closed_with() == 4401


async def test_the_old_screen_is_closed_when_another_was_linked_in_its_place(dial: Dial, quick_survey: None) -> None:
    _owner, home, *_ = await a_furnished_home()
    row, secret = await sync_to_async(a_wall)(home)
    socket = await dial(WALL, wall=secret)
    await socket.receive_from(5)

    _row, text = await sync_to_async(walls.link_again)(**given(home, row))
    await sync_to_async(walls.link)(text=text, now=timezone.now())

    assert await socket.closed_with() == 4401


@pytest.mark.parametrize("changed", [{"is_read_only": True}, {"name": "Attic"}, {"night_from": time(20)}], ids=str)
async def test_a_changed_one_is_told_to_come_again(dial: Dial, quick_survey: None, changed: dict[str, Any]) -> None:
    _owner, home, *_ = await a_furnished_home()
    row, secret = await sync_to_async(a_wall)(home)
    socket = await dial(WALL, wall=secret)
    await socket.receive_from(5)

    wanted = {name: getattr(row, name) for name in walls.FIELDS} | changed
    await sync_to_async(walls.change)(wanted=wanted, **given(home, row))

    assert await socket.closed_with() == 4412
