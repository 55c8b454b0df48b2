"""Everybody at every door of a furnished home: what they get, each request undone before the next."""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appliances.live import carrying
from appliances.live.routing import websocket_urlpatterns
from appliances.models import Decision, Home, Membership, Token, Wall
from appliances.models.membership import Role
from appliances.services import actor, people, walls
from tests.access_matrix import declared, routes
from tests.access_matrix.needs import ASKERS, BEARER, NO, NOT_THERE, SCREEN, SESSION, SIGN_IN, YES, Asker, Door
from tests.access_matrix.routes import Route
from tests.builders import (
    a_circuit,
    a_home,
    a_limit,
    a_passkey,
    a_person,
    a_token,
    an_appliance,
    an_installer_code,
    confirm,
)

Outcomes = dict[tuple[str, str], dict[str, str]]
"""By path and method, then by asker."""

ANSWERS = {401: SIGN_IN, 403: NO, 404: NOT_THERE}
LET_IN = {200, 201, 204, 302, 303, 307, 400, 409, 422}
"""400, 409 and 422: let in, and told what is missing or in the way."""

CLOSED = {4401: SIGN_IN, 4403: NOT_THERE}


class Unforeseen(Exception):
    """An answer that is neither yes nor no."""


@dataclass
class House:
    """A home with one of everything that addresses speak of, and who comes to its doors."""

    home: Home
    things: Mapping[str, Any]
    clients: dict[str, Client] = field(default_factory=dict)
    headers: dict[str, list[tuple[bytes, bytes]]] = field(default_factory=dict)

    def address(self, route: Route) -> str:
        """The path with what stands there; `<int:pk>` is of what the path names before it."""
        path = route.path
        for placeholder in re.findall(r"<(?:\w+:)?\w+>", path):
            kind, name = re.fullmatch(r"<(?:(\w+):)?(\w+)>", placeholder).groups()  # type: ignore[union-attr]
            before = route.path.partition(placeholder)[0].rstrip("/").rpartition("/")[2]
            path = path.replace(placeholder, str(self._value(kind, name, before, route)), 1)
        return path

    def _value(self, kind: str | None, name: str, before: str, route: Route) -> Any:
        for key in (name, before):
            if key in self.things:
                return self.things[key]
        raise LookupError(f"{route.path}: say in tests/access_matrix/walk.py (furnish) what stands at <{name}>")


def furnish() -> House:
    owner, now = a_person("owner"), timezone.now()
    home = a_home("House", owner=owner)
    lamp, empty = an_appliance(home, "Lamp", watts=1), a_circuit(home, "Empty")
    by = actor.person(owner, confirmed=True)
    asked = {"home_id": home.pk, "by": by, "now": now}
    _done, invitation, invited = people.invite(**asked, name="Gran", role=Role.GUEST, lasts=timedelta(days=1))
    to_link, linking = _wall(home, is_read_only=False)[:2]
    TOTP.activate(owner, generate_totp_secret())
    RecoveryCodes.activate(owner)
    things = {
        "slug": home.slug,
        "app_label": "appliances",
        "url": "nothing-here",
        "appliance_id": lamp.pk,
        "circuit_id": empty.pk,
        "limit_id": (limit := a_limit(home)).pk,
        "appliances": lamp.pk,
        "circuits": empty.pk,
        "limits": limit.pk,
        "invitations": invitation.pk,
        "walls": to_link.pk,
        "join": invited,
        "passkeys": a_passkey(owner).pk,
        "link": linking,
    }
    house = House(home, things)
    for asker in ASKERS:
        _let_come(house, asker, owner)
    member = Membership.objects.get(home=home, role=Role.MEMBER)
    rows = {
        "home": home.pk,
        "circuit": empty.pk,
        "appliance": lamp.pk,
        "user": member.user_id,
        "people": member.user_id,
        "membership": member.pk,
        "decision": Decision.objects.latest("id").pk,
        "token": Token.objects.latest("id").pk,
        "tokens": Token.objects.filter(user=owner).latest("id").pk,
        "content_type_id": ContentType.objects.get_for_model(Home).pk,
        "<path:content_type_id>": home.pk,
        "group": Group.objects.create(name="Neighbours").pk,
    }
    house.things = {**things, **rows}
    return house


def _wall(home: Home, *, is_read_only: bool) -> tuple[Wall, str, str]:
    asked: dict[str, Any] = {"by": actor.SYSTEM, "now": timezone.now()}
    name = "Hall" if is_read_only else "Kitchen"
    _done, row, link = walls.add(home_id=home.pk, name=name, is_read_only=is_read_only, **asked)
    return row, link, ""


def _let_come(house: House, asker: Asker, owner: Any) -> None:
    client = Client(raise_request_exception=True)
    headers: list[tuple[bytes, bytes]] = []
    if asker.carries == SESSION:
        rights = {"is_staff": asker.is_staff, "is_superuser": asker.is_superuser}
        home = house.home if asker.role else (a_home("Elsewhere") if asker.name == "stranger" else None)
        is_owner = asker.role == Role.OWNER
        user = owner if is_owner else a_person(asker.name, home=home, role=asker.role or Role.OWNER, **rights)
        client.force_login(user)
        confirm(client, user)
        # Seen now, which is written down once in a while, they need not be at each of the doors.
        client.get(reverse("home_list"))
    if asker.carries == BEARER:
        _row, text = a_token(owner, asker.name, scope=asker.scope)
        client = Client(headers={"authorization": f"Bearer {text}"})
        headers.append((b"authorization", f"Bearer {text}".encode()))
    if asker.carries == SCREEN:
        _row, link, _ = _wall(house.home, is_read_only=asker.role == Role.VIEWER)
        client.cookies[settings.WALL_COOKIE_NAME] = walls.link(text=link, now=timezone.now())[1]
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    house.clients[asker.name] = client
    house.headers[asker.name] = [*headers, (b"cookie", cookies.encode())]


def walked() -> Outcomes:
    """Inside a transaction of a test. Raises Undeclared, Unforeseen."""
    house, found = furnish(), Outcomes()
    for route, door in [*routes.declared_pages(), *routes.of_operations()]:
        for method in door.needs:
            found[route.path, method] = {one.name: at_door(house, route, door, method, one) for one in ASKERS}
    for route in routes.of_sockets():
        for said in routes.said_on(route):
            found[route.path, said] = {one.name: at_socket(house, route, said, one) for one in ASKERS}
    return found


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside is undone, though services insist on transactions of their own, as in a test."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]
    with around:
        yield
        transaction.set_rollback(True)


def at_door(house: House, route: Route, door: Door, method: str, asker: Asker) -> str:
    client = copy(house.clients[asker.name])
    client.cookies = SimpleCookie(house.clients[asker.name].cookies.output(header="", sep=";"))
    cache.clear()
    is_api = route.area == "API"
    with undone():
        if route.name == "installer_code_remove":
            an_installer_code(house.home)
        send: dict[str, Any] = {"data": dict(door.sends)}
        if is_api and method in {"POST", "PATCH", "PUT"}:
            send["content_type"] = "application/json"
        answer = getattr(client, method.lower())(house.address(route), **(send if method != "GET" else {}))
    return _said(answer, f"{method} {route.path} for {asker.name}")


def _said(answer: Any, where: str) -> str:
    location = answer.headers.get("Location", "")
    # With the way back: a stranger is asked to sign in. Without: it is where one comes to after signing out.
    if location.startswith(reverse("sign_in")) and "next=" in location:
        return SIGN_IN
    if answer.status_code in ANSWERS:
        return ANSWERS[answer.status_code]
    if answer.status_code not in LET_IN:
        raise Unforeseen(f"{where}: {answer.status_code} {answer.content[:200]!r}")
    return YES


class _Hub:
    """In place of the process's own: here there is no loop, and nobody to serve."""

    async def in_thread(self, ask: Any, *arguments: Any) -> Any:
        return ask(*arguments)

    async def join(self, _watcher: Any) -> None:
        return

    @property
    def crowd(self) -> Any:
        return self

    def enter(self, _socket: Any, _visitor: Any) -> bool:
        return True


def at_socket(house: House, route: Route, said: str, asker: Asker) -> str:
    """The handshake, and what is said then, as the consumer itself answers it."""
    entry = next(one for one in websocket_urlpatterns if f"/{one.pattern}" == route.path)
    scope = {"path": route.path, "url_route": {"kwargs": {"slug": house.home.slug}}}
    codes: list[int] = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            codes.append(message["code"])

    consumer = entry.callback.consumer_class({**scope, "headers": house.headers[asker.name]}, send)
    consumer.hub = _Hub()
    with undone():
        with contextlib.suppress(StopIteration):
            # Nothing in it has to wait here, so that it needs no loop, in which the database may not be asked.
            consumer.connect().send(None)
            raise Unforeseen(f"{route.path}: its handshake waits for something")
        if codes:
            return CLOSED[codes[0]]
        return YES if said == routes.HANDSHAKE else _answered(house, consumer, said)


def _answered(house: House, consumer: Any, action: str) -> str:
    about = {"appliance": house.things["appliances"], **declared.COMMANDS[action][1]}
    command = consumer.command(json.dumps({"id": 1, "action": action, **about}))
    answer = json.loads(carrying.carry_out([command])[0])
    status = 200 if answer["ok"] else answer["problem"]["status"]
    if status not in LET_IN | ANSWERS.keys():
        raise Unforeseen(f"{action}: {answer}")
    return ANSWERS.get(status, YES)
