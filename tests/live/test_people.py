"""Sockets follow people: who is signed out, has a new password or was switched off watches no longer."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from appliances.models import User
from appliances.services import accounts, actor, sessions
from tests.builders import NOW, a_person
from tests.live.test_json_socket import a_furnished_home
from tests.web.signing import PASSWORD, sign_in

pytestmark = [pytest.mark.django_db(transaction=True)]

Dial = Callable[..., Awaitable[Any]]


def sign_out(client: Client, _user: User) -> None:
    client.post("/sign-out/")


def new_password(_client: Client, user: User) -> None:
    accounts.set_password(user_id=user.pk, password="a quiet kettle sings", by=actor.SYSTEM, now=NOW)


def switch_off(_client: Client, user: User) -> None:
    a_person(home=user.memberships.get().home)  # type: ignore[attr-defined]
    accounts.change(user_id=user.pk, wanted={"is_active": False}, by=actor.SYSTEM, now=NOW)


def end_from_elsewhere(_client: Client, user: User) -> None:
    sessions.end_others(user=user, keep="", by=actor.person(user), now=NOW)


def remove_account(_client: Client, user: User) -> None:
    a_person(home=user.memberships.get().home)  # type: ignore[attr-defined]
    accounts.remove(user_id=user.pk, by=actor.SYSTEM, now=NOW)


@pytest.mark.parametrize("end", [sign_out, new_password, switch_off, end_from_elsewhere, remove_account])
async def test_what_ends_a_session_closes_its_sockets(
    dial: Dial, quick_survey: None, end: Callable[[Client, User], None]
) -> None:
    owner, home, *_ = await a_furnished_home()
    client = Client()
    await sync_to_async(sign_in)(client, PASSWORD, name=owner.username)
    socket = await dial(f"/ws/api/v1/homes/{home.slug}/", client=client)
    await socket.told()

    await sync_to_async(end)(client, owner)

    assert await socket.closed_with() == 4401


async def test_who_is_half_way_in_watches_nothing(dial: Dial) -> None:
    from tests.web.signing import with_app

    owner, home, *_ = await a_furnished_home()
    await sync_to_async(with_app)(owner)
    client = Client()
    await sync_to_async(sign_in)(client, PASSWORD, name=owner.username)

    socket = await dial(f"/ws/api/v1/homes/{home.slug}/", client=client)

    assert await socket.closed_with() == 4401
