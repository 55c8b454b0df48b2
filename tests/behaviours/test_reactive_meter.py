"""A switch moves the meter of everybody who watches, with its revision, after it is committed and not before."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import Client

from appliances import events
from appliances.models import Home
from appliances.models.membership import Role
from appliances.services import actor, switching, turn
from appliances.services.outcome import Refused
from appliances.services.turn import Turn
from tests.behaviours.conftest import Flat, a_flat
from tests.builders import NOW, a_person, turn_off
from tests.services.rows import load_of, revision_of

pytestmark = pytest.mark.django_db(transaction=True)

Dial = Callable[..., Any]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What was told to watchers, and what another reader of the database saw at that moment."""
    told: list[dict[str, Any]] = []

    def publish(**facts: Any) -> None:
        seen: dict[str, Any] = {}
        reader = threading.Thread(target=look, args=(facts["home_id"], seen))
        reader.start()
        reader.join()
        told.append({**facts, "in a transaction": connection.in_atomic_block, **seen})

    monkeypatch.setattr(events, "publish", publish)
    return told


def look(home_id: int, seen: dict[str, Any]) -> None:
    home = Home.objects.get(pk=home_id)
    seen["another reader saw"] = (home.revision, load_of(home))
    connections.close_all()


async def test_a_press_of_one_person_moves_the_meter_of_another(dial: Dial) -> None:
    flat = await sync_to_async(a_flat)()
    watcher = await sync_to_async(a_person)(home=flat.home, role=Role.VIEWER)
    socket = await dial(f"/ws/api/v1/homes/{flat.home.slug}/", watcher)
    before = await socket.told()
    client = Client()
    await sync_to_async(client.force_login)(flat.owner)

    await sync_to_async(client.post)(f"/appliances/{flat.oven.pk}/switch/", {"is_on": "false"})
    change = await socket.told()

    assert change["revision"] == before["revision"] + 1 == await sync_to_async(revision_of)(flat.home)
    assert (before["load"]["load_watts"], change["load"]["load_watts"]) == (4000, 1600)
    assert (change["load"]["status"], change["load"]["appliances_on"]) == ("safe", 1)
    assert [(one["name"], one["is_on"]) for one in change["appliances"] if one["id"] == flat.oven.pk] == [
        ("Oven", False)
    ]


async def test_the_page_of_another_gets_the_meter_as_a_piece_of_html(dial: Dial) -> None:
    flat = await sync_to_async(a_flat)()
    watcher = await sync_to_async(a_person)(home=flat.home)
    socket = await dial(f"/ws/homes/{flat.home.slug}/", watcher)
    whole_page = await socket.receive_from(5)

    await sync_to_async(turn_off)(flat.oven)
    pushed = await socket.receive_from(5)

    assert 'id="meter" class="meter is-warning"' in whole_page
    assert 'id="meter" class="meter is-safe"' in pushed
    assert f'id="appliance-{flat.heater.pk}"' not in pushed, "what did not change is not sent"


async def test_a_refusal_is_told_and_moves_no_load(dial: Dial) -> None:
    flat = await sync_to_async(a_flat)()
    socket = await dial(f"/ws/api/v1/homes/{flat.home.slug}/", flat.owner)
    before = await socket.told()

    with pytest.raises(Refused):
        await sync_to_async(switching.switch)(appliance_id=flat.kettle.pk, on=True, by=actor.SYSTEM, now=NOW)
    change = await socket.told()

    assert change["revision"] == before["revision"] + 1
    assert change["load"]["load_watts"] == before["load"]["load_watts"] == 4000
    assert (change["load"]["circuits"], change["appliances"]) == ([], [])


def test_watchers_are_told_once_it_is_committed(flat: Flat, published: list[dict[str, Any]]) -> None:
    revision = revision_of(flat.home)

    turn_off(flat.oven)

    assert published == [
        {
            "home_id": flat.home.pk,
            "revision": revision + 1,
            "appliances": (flat.oven.pk,),
            "circuits": tuple(sorted([flat.kitchen.parent_id, flat.kitchen.pk])),
            "in a transaction": False,
            "another reader saw": (revision + 1, 1600),
        }
    ]


def test_nobody_is_told_of_what_was_undone(flat: Flat, published: list[dict[str, Any]]) -> None:
    def body(here: Turn) -> int:
        switching.set_state(here, here.appliance(flat.oven.pk), on=False)
        raise ConnectionError("the power went out")

    with pytest.raises(ConnectionError):
        turn.take(home_id=flat.home.pk, by=actor.SYSTEM, now=NOW, body=body)

    assert published == []
    assert load_of(flat.home) == 4000


def test_nobody_is_told_when_nothing_changed(flat: Flat, published: list[dict[str, Any]]) -> None:
    turn_off(flat.kettle)

    assert published == []
