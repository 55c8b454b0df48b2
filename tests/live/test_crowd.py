"""So many sockets a person, a token, a screen; the next one is told so, and a place that is free again is taken."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from appliances.live.crowd import Crowd
from appliances.live.visitor import Visitor
from tests.live.test_json_socket import a_furnished_home, path_of

PERSON = Visitor(1, "owner", user_id=1, session_key="one")


@pytest.fixture(autouse=True)
def _few(settings: Any) -> None:
    settings.SOCKETS_PER_PERSON, settings.SOCKETS_PER_DEVICE = 3, 2


def entered(crowd: Crowd, *visitors: Visitor) -> list[bool]:
    return [crowd.enter(object(), one) for one in visitors]


def test_a_person_has_so_many_whatever_they_came_by() -> None:
    elsewhere = Visitor(2, "viewer", user_id=1, session_key="other")
    by_token = [Visitor(1, "owner", user_id=1, token_id=number) for number in range(9)]

    assert entered(Crowd(), PERSON, elsewhere, by_token[0], PERSON, by_token[1]) == [True, True, True, False, False]


@pytest.mark.parametrize("of", [{"token_id": 7, "user_id": 1}, {"wall_id": 7}], ids=str)
def test_a_token_or_a_screen_has_fewer(of: dict[str, int]) -> None:
    assert entered(Crowd(), *[Visitor(1, "guest", **of)] * 3) == [True, True, False]


def test_one_takes_nothing_from_another() -> None:
    crowd = Crowd()
    entered(crowd, PERSON, PERSON, PERSON)

    assert entered(crowd, Visitor(1, "owner", user_id=2), Visitor(1, "viewer", wall_id=1)) == [True, True]


def test_a_place_is_given_back_once() -> None:
    crowd, watcher = Crowd(), object()
    crowd.enter(watcher, PERSON)
    entered(crowd, PERSON, PERSON)
    crowd.leave(watcher)
    crowd.leave(watcher)

    assert entered(crowd, PERSON, PERSON) == [True, False]


def test_nothing_is_remembered_of_who_has_left() -> None:
    crowd, watcher = Crowd(), object()
    crowd.enter(watcher, PERSON)
    crowd.leave(watcher)

    assert not crowd._owners
    assert not crowd._open


@pytest.mark.django_db(transaction=True)
async def test_the_next_socket_is_told_that_there_are_too_many(dial: Callable[..., Any]) -> None:
    owner, home, *_ = await a_furnished_home()
    browser = Client()
    await sync_to_async(browser.force_login)(owner)
    sockets = [await dial(path_of(home), client=browser) for _ in range(3)]
    for socket in sockets:
        await socket.told()

    assert await (await dial(path_of(home), client=browser)).closed_with() == 4429
    await sockets[0].disconnect()
    assert (await (await dial(path_of(home), client=browser)).told())["type"] == "state"


@pytest.mark.django_db(transaction=True)
async def test_where_they_may_not_look_they_take_no_place(dial: Callable[..., Any]) -> None:
    owner, home, *_ = await a_furnished_home()
    for _ in range(4):
        assert await (await dial("/ws/api/v1/homes/nowhere/", owner)).closed_with() == 4403

    assert (await (await dial(path_of(home), owner)).told())["type"] == "state"
