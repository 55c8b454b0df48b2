"""The HTML socket: a full frame first, then frames of what changed."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tests.builders import turn_on
from tests.live.test_json_socket import a_furnished_home
from tests.presentation import markup

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_the_whole_comes_first_then_what_changed(dial: Callable[..., Any]) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    socket = await dial(f"/ws/homes/{home.slug}/", owner)

    whole = markup.roots(await socket.receive_from(5))
    await sync_to_async(turn_on)(kettle)
    change = markup.roots(await socket.receive_from(5))

    assert [piece[1]["id"] for piece in whole] == [
        "revision",
        "overload",
        "pulse",
        "limits",
        "queue",
        "meter",
        "board",
        "feed",
    ]
    assert change[0][1]["data-previous"] == whole[0][1]["data-revision"]
    ids = [piece[1]["id"] for piece in change]
    assert f"appliance-{kettle.pk}" in ids
    assert f"appliance-{heater.pk}" not in ids
