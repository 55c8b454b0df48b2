"""The JSON socket: the whole state first, then every change in order."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from appliances import events
from appliances.live import hub
from appliances.models import Membership, Token
from appliances.models.membership import Role
from appliances.models.token import Scope
from appliances.services import access
from tests.builders import a_home, a_person, a_token, an_appliance, turn_off, turn_on

pytestmark = [pytest.mark.django_db(transaction=True)]

Dial = Callable[..., Any]


@sync_to_async
def a_furnished_home() -> Any:
    owner = a_person()
    home = a_home(owner=owner)
    return owner, home, an_appliance(home, "Kettle", watts=2000), an_appliance(home, "Heater", watts=1500)


def path_of(home: Any) -> str:
    return f"/ws/api/v1/homes/{home.slug}/"


async def test_the_state_comes_first(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()

    state = await (await dial(path_of(home), owner)).told()

    assert state["type"] == "state"
    assert state["load"]["load_watts"] == 0
    assert {one["name"] for one in state["appliances"]} == {"Kettle", "Heater"}


async def test_a_change_carries_what_changed_and_what_it_builds_on(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    state = await socket.told()

    await sync_to_async(turn_on)(kettle)
    change = await socket.told()

    assert change["type"] == "change"
    assert change["previous"] == state["revision"]
    assert change["revision"] == state["revision"] + 1
    assert change["load"]["load_watts"] == 2000
    assert [one["name"] for one in change["appliances"]] == ["Kettle"]


async def test_a_burst_arrives_as_an_unbroken_chain_that_ends_at_the_newest(dial: Dial) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    state = await socket.told()

    for _ in range(5):
        for step in (turn_on, turn_off):
            await sync_to_async(step)(kettle)
            await sync_to_async(step)(heater)
    frames, at = [], state["revision"]
    while at < state["revision"] + 20:
        frames.append(await socket.told())
        assert frames[-1]["previous"] == at
        at = frames[-1]["revision"]

    assert at == state["revision"] + 20
    assert len(frames) < 20, "a burst is merged"
    assert frames[-1]["load"]["load_watts"] == 0


async def test_every_watcher_is_told(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    sockets = [await dial(path_of(home), owner) for _ in range(3)]
    for socket in sockets:
        await socket.told()

    await sync_to_async(turn_on)(kettle)

    changes = [await socket.told() for socket in sockets]
    assert [one["load"]["load_watts"] for one in changes] == [2000, 2000, 2000]


async def test_a_message_that_the_layer_lost_is_made_up_for(
    dial: Dial, quick_survey: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    await socket.told()
    monkeypatch.setattr(events, "publish", lambda **_: None)

    await sync_to_async(turn_on)(kettle)

    assert (await socket.told())["load"]["load_watts"] == 2000


async def test_a_burst_is_two_messages_the_first_at_once_and_the_last_with_the_newest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[dict[str, Any]] = []
    all_told = asyncio.Event()

    class Layer:
        async def group_send(self, group: str, message: dict[str, Any]) -> None:
            sent.append(message)
            if message["revision"] == 10:
                all_told.set()

    monkeypatch.setattr(events, "get_channel_layer", Layer)
    events.serve_on(asyncio.get_running_loop())

    for revision in range(1, 11):
        events.publish(home_id=1, revision=revision, appliances=[revision], circuits=[7])
        while not sent:
            await asyncio.sleep(0)
    await asyncio.wait_for(all_told.wait(), 5)

    assert [one["revision"] for one in sent] == [1, 10]
    assert [one["appliances"] for one in sent] == [[1], list(range(2, 11))]


async def test_a_failing_layer_delays_no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        async def group_send(self, group: str, message: dict[str, Any]) -> None:
            raise ConnectionError("no layer")

    _owner, _home, kettle, _heater = await a_furnished_home()
    monkeypatch.setattr(events, "get_channel_layer", Broken)

    await sync_to_async(turn_on)(kettle)

    await sync_to_async(kettle.refresh_from_db)()
    assert kettle.is_on


async def test_a_heartbeat_carries_the_newest_revision(dial: Dial, quick_survey: None) -> None:
    owner, home, *_ = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    state = await socket.receive_json_from(5)

    controller = {"ran_at": None, "late": True}
    told = {"type": "heartbeat", "revision": state["revision"], "controller": controller}
    assert await socket.receive_json_from(5) == told


async def test_nobody_is_let_in_without_signing_in(dial: Dial) -> None:
    _owner, home, *_ = await a_furnished_home()

    assert await (await dial(path_of(home))).closed_with() == 4401


async def test_a_stranger_is_not_told_whether_the_home_is_there(dial: Dial) -> None:
    _owner, home, *_ = await a_furnished_home()
    stranger = await sync_to_async(a_person)()

    assert await (await dial(path_of(home), stranger)).closed_with() == 4403
    assert await (await dial("/ws/api/v1/homes/nowhere/", stranger)).closed_with() == 4403


async def test_a_removed_member_is_shown_out(dial: Dial, quick_survey: None) -> None:
    owner, home, *_ = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    await socket.told()

    await Membership.objects.filter(user=owner).adelete()

    assert await socket.closed_with() == 4403


async def test_a_changed_role_makes_the_watcher_come_again(dial: Dial, quick_survey: None) -> None:
    owner, home, *_ = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    await socket.told()

    await Membership.objects.filter(user=owner).aupdate(role=Role.VIEWER)

    assert await socket.closed_with() == 4412


async def test_a_revoked_token_closes_the_socket(dial: Dial, quick_survey: None) -> None:
    owner, home, *_ = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    await socket.told()

    await owner.tokens.all().adelete()

    assert await socket.closed_with() == 4401


@pytest.mark.parametrize("scope", Scope, ids=str)
async def test_a_token_of_any_scope_watches(dial: Dial, scope: str) -> None:
    owner, home, *_ = await a_furnished_home()
    _row, text = await sync_to_async(a_token)(owner, scope=scope)

    assert (await (await dial(path_of(home), token=text)).told())["type"] == "state"


async def test_a_scope_that_is_none_of_ours_watches_nothing(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()
    _row, text = await sync_to_async(a_token)(owner)
    await Token.objects.aupdate(scope="root")

    assert await (await dial(path_of(home), token=text)).closed_with() == 4403


async def test_an_expired_token_is_not_let_in(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()
    _row, text = await sync_to_async(a_token)(owner)
    await Token.objects.aupdate(expires_at=timezone.now())

    assert await (await dial(path_of(home), token=text)).closed_with() == 4401


async def test_a_token_that_expires_closes_the_socket_within_a_survey(dial: Dial, quick_survey: None) -> None:
    owner, home, *_ = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    await socket.told()

    await Token.objects.aupdate(expires_at=timezone.now())

    assert await socket.closed_with() == 4401


def test_a_survey_comes_within_the_two_seconds_that_are_promised() -> None:
    assert hub.SURVEY <= 2


async def test_a_removed_home_closes_its_sockets(dial: Dial, quick_survey: None) -> None:
    from appliances.services import actor
    from appliances.services import home as homes
    from tests.builders import NOW

    owner, home, *_ = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    await socket.told()

    await sync_to_async(homes.remove)(home_id=home.pk, by=actor.SYSTEM, now=NOW)

    assert await socket.closed_with() == 4403


async def test_where_the_database_does_not_answer_it_is_told_so_and_comes_again(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    owner, home, *_rest = await a_furnished_home()

    def away(**_asked: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(access, "home_at", away)
    assert await (await dial(path_of(home), owner)).closed_with() == 4503
    assert [record.levelname for record in caplog.records] == ["WARNING"]

    monkeypatch.undo()
    assert (await (await dial(path_of(home), owner)).told())["type"] == "state"
