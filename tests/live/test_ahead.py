"""A change is drawn while it is being committed: the same to the byte as if it were read, and told only then."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import IntegrityError
from django.utils import timezone

from appliances.live import hub, rendering
from appliances.live.consumers import SAYING, HomeSocket
from appliances.live.rendering import HTML, JSON, WALL, Shown, Variant
from appliances.models import Decision, Membership
from appliances.models.membership import Role
from appliances.presentation import board, fragments, newest
from appliances.services import actor, appliance, known, leaving, switching, turn
from appliances.services.leaving import Left
from appliances.services.outcome import Refused
from tests.builders import a_circuit, a_home, a_person, an_appliance, turn_on

pytestmark = [pytest.mark.django_db(transaction=True)]

Dial = Callable[..., Any]

VARIANTS = [
    Variant(HTML, Role.OWNER),
    Variant(HTML, Role.VIEWER),
    Variant(WALL, Role.GUEST),
    Variant(JSON, Role.MEMBER),
]


@pytest.fixture
def foreseen(monkeypatch: pytest.MonkeyPatch) -> list[Left]:
    heard: list[Left] = []
    monkeypatch.setattr(leaving, "listener", heard.append)
    return heard


@pytest.mark.parametrize("seed", range(4))
def test_what_is_drawn_ahead_is_what_would_be_read(foreseen: list[Left], seed: int) -> None:
    draw = random.Random(seed)
    home = a_home(limit_watts=2600)
    kitchen = a_circuit(home, "Kitchen", limit_watts=1600)
    rows = [an_appliance(home, f"Thing {n}", watts=700 + n / 8, at=kitchen if n % 2 else None) for n in range(7)]
    by = {"by": actor.SYSTEM, "now": timezone.now()}
    for one in rows[:2]:
        appliance.change(appliance_id=one.pk, wanted={"min_off_seconds": 300}, **by)
    shown, told = rendering.refresh(home.pk, Shown(), VARIANTS).shown, 0

    for _ in range(30):
        foreseen.clear()
        try:
            row = draw.choice(rows)
            switching.switch(appliance_id=row.pk, on=draw.random() < 0.7, by=actor.SYSTEM, now=timezone.now())
        except Refused:
            pass
        if not foreseen:
            continue
        [left] = foreseen
        assert left.is_committed
        ahead = rendering.ahead(shown, left)
        nothing_is_kept()
        read = rendering.refresh(home.pk, shown, ())

        assert ahead is not None
        assert ahead.at.home.revision == read.at.home.revision
        assert ahead.pushes == read.pushes
        shown, told = ahead.shown, told + 1
    assert told > 10
    assert Decision.objects.filter(home=home, outcome="granted").exists()
    assert Decision.objects.filter(home=home, outcome="refused").exists()


def nothing_is_kept() -> None:
    known.forget()
    newest._read.clear()
    board._lines.clear()
    fragments._drawn.cache_clear()


def undone(pk: int, **how: Any) -> None:
    """Switched on, and the transaction fails with its commit."""

    def body(here: turn.Turn) -> int:
        switching.set_state(here, here.appliance(pk), True)
        # There is nobody of that number, which both databases look at with the commit.
        Membership.objects.create(user_id=10**9, home_id=how["home_id"], role=Role.GUEST)
        return pk

    with pytest.raises(IntegrityError):
        turn.take(body=body, **how)


@sync_to_async
def a_furnished_home() -> Any:
    owner = a_person()
    home = a_home(owner=owner)
    return owner, home, an_appliance(home, "Kettle"), an_appliance(home, "Heater")


async def test_what_is_undone_after_it_was_drawn_is_never_told(dial: Dial) -> None:
    """Another change reaches the same revision, at the same moment, and its decision may have the same number."""
    owner, home, kettle, heater = await a_furnished_home()
    socket, page = await dial(f"/ws/api/v1/homes/{home.slug}/", owner), await dial(f"/ws/homes/{home.slug}/", owner)
    revision = (await socket.told())["revision"]
    await page.receive_from()
    now = timezone.now()

    await sync_to_async(undone)(kettle.pk, home_id=home.pk, by=actor.SYSTEM, now=now)
    await sync_to_async(switching.switch)(appliance_id=heater.pk, on=True, by=actor.SYSTEM, now=now)
    change, frame = await socket.told(), await page.receive_from()

    assert (change["previous"], change["revision"]) == (revision, revision + 1)
    assert [one["name"] for one in change["appliances"]] == ["Heater"]
    assert "Heater on, " in frame
    assert "Kettle on, " not in frame


async def test_watchers_of_this_process_hear_of_its_changes_without_the_layer(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(f"/ws/api/v1/homes/{home.slug}/", owner)
    await socket.told()

    async def lost(*_args: Any) -> None:
        raise OSError("the layer is away")

    monkeypatch.setattr(get_channel_layer(), "group_send", lost)
    # Nor by the look at revisions, which would find it.
    monkeypatch.setattr(hub, "_read", lambda *_args: ({home.pk: 10**6}, {}, None))
    monkeypatch.setattr(hub.Hub, "_look_after", lost)
    await sync_to_async(turn_on)(kettle)

    assert (await socket.told())["load"]["load_watts"] == 1000


def test_a_listener_that_fails_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_left: Left) -> None:
        raise RuntimeError("no thread to be had")

    monkeypatch.setattr(leaving, "listener", fails)
    kettle = an_appliance(a_home(), "Kettle")

    turn_on(kettle)

    kettle.refresh_from_db()
    assert kettle.is_on


def test_a_change_that_is_undone_is_told_to_nobody_with_the_next_one(foreseen: list[Left]) -> None:
    home = a_home()
    kettle, heater = an_appliance(home, "Kettle"), an_appliance(home, "Heater")

    undone(kettle.pk, home_id=home.pk, by=actor.SYSTEM, now=timezone.now())
    turn_on(heater)

    # What PostgreSQL refuses is looked at once more.
    assert {(left.decisions[0].subject_name, left.is_committed) for left in foreseen[:-1]} == {("Kettle", False)}
    assert (foreseen[-1].decisions[0].subject_name, foreseen[-1].is_committed) == ("Heater", True)


async def test_a_server_that_can_say_a_text_at_once_is_asked_to() -> None:
    """Ours; any other is spoken to as ASGI has it, as by the sockets of all the other tests."""
    said: list[str] = []
    sent: list[Any] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    socket = HomeSocket({"extensions": {SAYING: {"say": said.append}}}, send)
    await socket.frame("before it is open")
    socket.is_open = True
    await socket.frame("news")
    await socket.end(4401)
    await socket.frame("after it was closed")

    assert said == ["news"]
    assert [one["type"] for one in sent] == ["websocket.close"]
