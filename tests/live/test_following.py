"""Sockets follow people: what ends a person's right to look closes their sockets, and their next request is refused."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appliances.live import hub
from appliances.models import Home, Membership, User
from appliances.models.home import new_lineage
from appliances.models.membership import Role
from appliances.services import home as homes
from appliances.services import people, tokens, walls
from tests.builders import a_home, a_person, a_token, turn_on
from tests.live.test_json_socket import a_furnished_home
from tests.services.asking import BY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_survey")]

Dial = Callable[..., Any]
NOW = {"by": BY["by"]}


class Door:
    """A home, somebody who watches it, and the three ways in."""

    def __init__(self) -> None:
        a_person("the other owner", home=(home := a_home("Flat")))
        self.home, self.person = home, a_person("ada", home=home, role=Role.MEMBER)
        self.browser = Client()
        self.browser.force_login(self.person)
        self.token, self.text = a_token(self.person)
        _changed, self.wall, link = walls.add(
            home_id=home.pk, name="Hall", is_read_only=True, now=timezone.now(), **NOW
        )
        self.screen = Client()
        self.screen.cookies[settings.WALL_COOKIE_NAME] = walls.link(text=link, now=timezone.now())[1]

    def way(self, name: str) -> dict[str, Any]:
        return {"session": {"client": self.browser}, "token": {"token": self.text}, "wall": {"client": self.screen}}[
            name
        ]

    def next_request(self, way: str) -> int:
        """The status that the next one is answered with."""
        if way == "session":
            return int(self.browser.get(reverse("board", args=[self.home.slug])).status_code)
        if way == "token":
            bearer = {"Authorization": f"Bearer {self.text}"}
            return int(Client().get(f"/api/v1/homes/{self.home.slug}/load", headers=bearer).status_code)
        held = walls.holding(secret=self.screen.cookies[settings.WALL_COOKIE_NAME].value, now=timezone.now())
        return 200 if held else 401


def restore(_at: Door) -> None:
    Home.objects.update(lineage=new_lineage())


def sign_out(at: Door) -> None:
    at.browser.post(reverse("sign_out"))


def sign_out_elsewhere(at: Door) -> None:
    Session.objects.all().delete()


def expire_session(at: Door) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def change_password(at: Door) -> None:
    person = User.objects.get(pk=at.person.pk)
    person.set_password("another correct horse")
    person.save()


def disable(at: Door) -> None:
    User.objects.filter(pk=at.person.pk).update(is_active=False)


def delete_person(at: Door) -> None:
    with transaction.atomic():
        Membership.objects.filter(user=at.person).delete()
        User.objects.filter(pk=at.person.pk).delete()


def remove(at: Door) -> None:
    people.remove(home_id=at.home.pk, user_id=at.person.pk, now=timezone.now(), **NOW)


def change_role(at: Door) -> None:
    people.change_role(home_id=at.home.pk, user_id=at.person.pk, role=Role.VIEWER, now=timezone.now(), **NOW)


def remove_home(at: Door) -> None:
    homes.remove(home_id=at.home.pk, now=timezone.now(), **NOW)


def revoke(at: Door) -> None:
    tokens.revoke(token_id=at.token.pk, now=timezone.now(), **NOW)


def expire_token(at: Door) -> None:
    type(at.token).objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def remove_wall(at: Door) -> None:
    walls.remove(home_id=at.home.pk, wall_id=at.wall.pk, now=timezone.now(), **NOW)


def link_another_screen(at: Door) -> None:
    _wall, link = walls.link_again(home_id=at.home.pk, wall_id=at.wall.pk, now=timezone.now(), **NOW)
    walls.link(text=link, now=timezone.now())


def let_wall_switch(at: Door) -> None:
    type(at.wall).objects.update(is_read_only=False)


CAUSES = [
    ("session", sign_out, 4401, 302),
    ("session", sign_out_elsewhere, 4401, 302),
    ("session", expire_session, 4401, 302),
    ("session", change_password, 4401, 302),
    ("session", disable, 4401, 302),
    ("session", delete_person, 4401, 302),
    ("session", remove, 4403, 404),
    ("session", remove_home, 4403, 404),
    ("session", change_role, 4412, 200),
    ("token", revoke, 4401, 401),
    ("token", expire_token, 4401, 401),
    ("token", disable, 4401, 401),
    ("token", delete_person, 4401, 401),
    ("token", remove, 4403, 404),
    ("token", remove_home, 4403, 404),
    ("token", change_role, 4412, 200),
    ("wall", remove_wall, 4401, 401),
    ("wall", link_another_screen, 4401, 401),
    ("wall", let_wall_switch, 4412, 200),
    ("session", restore, 4412, 200),
    ("token", restore, 4412, 200),
    ("wall", restore, 4412, 200),
]


PATHS = {"session": ["/ws/homes/flat/", "/ws/api/v1/homes/flat/"], "wall": ["/ws/wall/"]}
EACH = [(path, *cause) for cause in CAUSES for path in PATHS.get(cause[0], PATHS["session"])]


@pytest.mark.parametrize(
    ("path", "way", "cause", "code", "next_status"), EACH, ids=lambda one: getattr(one, "__name__", one)
)
async def test_the_socket_closes_and_the_next_request_is_refused(
    dial: Dial, path: str, way: str, cause: Callable[[Door], None], code: int, next_status: int
) -> None:
    at = await sync_to_async(Door)()
    socket = await dial(path, **at.way(way))
    await socket.receive_from(5)

    await sync_to_async(cause)(at)

    assert await socket.closed_with() == code
    assert await sync_to_async(at.next_request)(way) == next_status


async def test_a_wall_goes_with_its_home(dial: Dial) -> None:
    """Whether the home or the screen is missed first is all the same."""
    at = await sync_to_async(Door)()
    socket = await dial("/ws/wall/", **at.way("wall"))
    await socket.receive_from(5)

    await sync_to_async(remove_home)(at)

    assert await socket.closed_with() in {4401, 4403}
    assert await sync_to_async(at.next_request)("wall") == 401


async def test_a_new_member_with_less_sees_what_they_may_and_no_more(dial: Dial) -> None:
    """Come back after a changed role: the same person, another board."""
    at = await sync_to_async(Door)()
    before = await (await dial(f"/ws/homes/{at.home.slug}/", client=at.browser)).receive_from(5)
    await sync_to_async(change_role)(at)
    after = await (await dial(f"/ws/homes/{at.home.slug}/", client=at.browser)).receive_from(5)

    assert before != after


async def test_others_stay(dial: Dial) -> None:
    at = await sync_to_async(Door)()
    other = await sync_to_async(User.objects.get)(username="the other owner")
    stays, leaves = (
        await dial(f"/ws/api/v1/homes/{at.home.slug}/", other),
        await dial(f"/ws/api/v1/homes/{at.home.slug}/", **at.way("token")),
    )
    await stays.told()
    await leaves.told()

    await sync_to_async(revoke)(at)

    assert await leaves.closed_with() == 4401
    assert (await stays.receive_json_from(5))["type"] == "heartbeat"


class Stuck:
    """The next look at permissions takes until it is let go; those after it are as ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
        self.let_go, self.begun, left, read = Event(), Event(), [None] * many, hub._read

        def slow(*args: Any) -> Any:
            if left:
                left.pop()
                if not left:
                    self.begun.set()
                assert self.let_go.wait(30)
            return read(*args)

        monkeypatch.setattr(hub, "_read", slow)


async def test_one_slow_look_holds_up_no_other(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    at = await sync_to_async(Door)()
    socket = await dial(f"/ws/api/v1/homes/{at.home.slug}/", **at.way("token"))
    await socket.told()
    stuck = Stuck(monkeypatch, 1)
    await sync_to_async(stuck.begun.wait)(30)

    await sync_to_async(revoke)(at)

    assert await socket.closed_with() == 4401
    stuck.let_go.set()


async def test_slow_homes_hold_up_no_look(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    at = await sync_to_async(Door)()
    socket = await dial(f"/ws/api/v1/homes/{at.home.slug}/", **at.way("token"))
    await socket.told()
    let_go = Event()
    for _ in range(hub.READERS):
        hub.of_this_process()._readers.submit(let_go.wait, 30)

    await sync_to_async(revoke)(at)

    assert await socket.closed_with() == 4401
    let_go.set()


async def test_nobody_is_told_anything_while_it_is_not_known_who_may_hear_it(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(f"/ws/api/v1/homes/{home.slug}/", owner)
    await socket.told()
    stuck = Stuck(monkeypatch, 2)
    await sync_to_async(stuck.begun.wait)(30)
    monkeypatch.setattr(hub, "FRESH", 0.0)
    await sync_to_async(turn_on)(kettle)

    await sync_to_async(owner.tokens.all().delete)()
    assert await socket.receive_nothing(0.3, 0.05)
    monkeypatch.setattr(hub, "FRESH", 2.0)
    stuck.let_go.set()

    event = await socket.receive_output(5)
    assert (event["type"], event["code"]) == ("websocket.close", 4401)
    assert "The database answers too slowly" in caplog.text


async def test_who_left_while_the_home_was_read_is_not_kept(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()
    await (await dial(f"/ws/api/v1/homes/{home.slug}/", owner)).told()
    room = hub.of_this_process()._rooms[home.pk]
    read, let_go = room._in_thread, Event()

    def slowly(work: Callable[..., Any], *args: Any) -> Any:
        def read_and_wait(*args: Any) -> Any:
            answer = work(*args)
            assert let_go.wait(5)
            return answer

        return read(read_and_wait, *args)

    room._in_thread = slowly
    leaves = await dial(f"/ws/api/v1/homes/{home.slug}/", owner)
    while len(room.everyone) < 2:
        await asyncio.sleep(0)
    await leaves.disconnect()
    let_go.set()
    await (await dial(f"/ws/api/v1/homes/{home.slug}/", owner)).told()

    assert len(room.everyone) == 2
