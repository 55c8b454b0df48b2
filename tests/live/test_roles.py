"""Sockets follow people: another role makes a watcher come again, removal and leaving show them out."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from appliances.models.membership import Role
from appliances.services import access, actor, people
from appliances.services.access import Forbidden, May
from tests.builders import NOW, a_person
from tests.live.test_json_socket import a_furnished_home, path_of

pytestmark = [pytest.mark.django_db(transaction=True)]

Dial = Callable[..., Any]


@sync_to_async
def a_member_in_a_browser(home: Any) -> tuple[Any, Client]:
    bob, browser = a_person("bob", home=home, role=Role.MEMBER), Client()
    browser.force_login(bob)
    return bob, browser


async def test_another_role_makes_a_watcher_come_again(dial: Dial, quick_survey: None) -> None:
    _owner, home, *_ = await a_furnished_home()
    bob, browser = await a_member_in_a_browser(home)
    socket = await dial(path_of(home), client=browser)
    await socket.told()

    given = {"home_id": home.pk, "user_id": bob.pk, "by": actor.SYSTEM, "now": NOW}
    await sync_to_async(people.change_role)(role=Role.VIEWER, **given)

    assert await socket.closed_with() == 4412
    with pytest.raises(Forbidden):
        await sync_to_async(access.require)(asker=access.person(bob), home_id=home.pk, capability=May.SWITCH)


async def test_whoever_is_removed_is_shown_out(dial: Dial, quick_survey: None) -> None:
    _owner, home, *_ = await a_furnished_home()
    bob, browser = await a_member_in_a_browser(home)
    sockets = [await dial(path_of(home), client=browser), await dial(path_of(home), bob)]
    for socket in sockets:
        await socket.told()

    await sync_to_async(people.remove)(home_id=home.pk, user_id=bob.pk, by=actor.SYSTEM, now=NOW)

    assert [await socket.closed_with() for socket in sockets] == [4403, 4403]
