"""The HTML socket: a full frame first, then frames of what changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from appliances.models import Heartbeat
from appliances.services import actor, controlling
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


async def test_a_heartbeat_tells_of_a_controller_that_died_though_no_revision_does(
    dial: Callable[..., Any], quick_survey: None
) -> None:
    owner, home, *_ = await a_furnished_home()
    now = timezone.now()
    armed = {"home_id": home.pk, "mode": "armed", "by": actor.SYSTEM, "now": now}
    await sync_to_async(controlling.set_mode)(**armed)
    await sync_to_async(Heartbeat.objects.create)(pk=1, ran_at=now)
    socket = await dial(f"/ws/homes/{home.slug}/", owner)
    await socket.receive_from(5)

    await sync_to_async(Heartbeat.objects.update)(ran_at=now - timedelta(minutes=5))
    for _beat in range(100):
        pieces = markup.roots(await socket.receive_from(5))
        if "The controller has not run since" in str(pieces):
            break

    assert [piece[1]["id"] for piece in pieces] == ["revision", "pulse"]
    assert pieces[0][1]["data-heartbeat"] == "true"
