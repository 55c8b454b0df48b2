"""Sockets follow people, end to end: a real server, a right that another process takes away, the server's clock."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.forking.process import run
from tests.serving.process import COMMAND, Serving, serving

pytestmark = pytest.mark.processes

OWNER = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase", "VOLTSAFE_SAMPLE_HOME": "1"}
API = "/api/v1"

REVOKE = """
from django.utils import timezone
from appliances.models import Token
from appliances.services import actor, tokens
tokens.revoke(token_id=Token.objects.get(name="stale").pk, by=actor.SYSTEM, now=timezone.now())
print(timezone.now().isoformat())
"""
REMOVE = """
from django.utils import timezone
from appliances.models import Home, Token, User
from appliances.services import actor, people
stale = Token.objects.select_related("user").get(name="stale")
other = User.objects.create_user("bob", password="another long phrase")
home = Home.objects.get()
people.add(home_id=home.pk, user_id=other.pk, role="owner", by=actor.SYSTEM, now=timezone.now())
Token.objects.exclude(pk=stale.pk).update(user=other)
people.remove(home_id=home.pk, user_id=stale.user_id, by=actor.SYSTEM, now=timezone.now())
print(timezone.now().isoformat())
"""


def manage(server: Serving, *words: str) -> str:
    ended = run([*COMMAND[:-1], *words], env=server.environment, check=True)
    return ended.stdout.strip().splitlines()[-1]


def answered(server: Serving, path: str, token: str) -> Any:
    return json.loads(server.ask(f"{API}{path}", Authorization=f"Bearer {token}").body)


def all_decisions(server: Serving, slug: str, token: str) -> list[Any]:
    found, page = [], answered(server, f"/homes/{slug}/decisions", token)
    while True:
        found += page["items"]
        if page["next"] is None:
            return found
        page = answered(server, f"/homes/{slug}/decisions?cursor={page['next']}", token)


@contextmanager
def somebody_switching(server: Serving, token: str) -> Iterator[None]:
    """The load changes all the time, so that there is always something to tell."""
    slug = answered(server, "/homes", token)["items"][0]["slug"]
    lamp = min(answered(server, f"/homes/{slug}/appliances", token)["items"], key=lambda one: one["rated_watts"])
    enough = Event()

    def switch() -> None:
        on = not lamp["is_on"]
        while not enough.is_set():
            body = json.dumps({"is_on": on}).encode()
            named = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
            server.ask(f"{API}/appliances/{lamp['id']}/toggle", "POST", body=body, **named)
            on = not on

    switching = Thread(target=switch)
    switching.start()
    try:
        yield
    finally:
        enough.set()
        switching.join()


def heard_to_the_end(socket: ClientConnection) -> tuple[int, int]:
    """The newest revision that was told, and what it was closed with."""
    last = 0
    try:
        while True:
            last = json.loads(socket.recv(timeout=30))["revision"]
    except ConnectionClosed as closed:
        return last, closed.rcvd.code if closed.rcvd else 0


@pytest.mark.parametrize(
    ("taken", "code", "status"), [(REVOKE, 4401, 401), (REMOVE, 4403, 404)], ids=["revoked", "removed"]
)
def test_nothing_is_heard_two_seconds_after_the_right_was_taken(
    served_once: Path, taken: str, code: int, status: int
) -> None:
    with serving(served_once, **OWNER) as server:
        stale, witness = manage(server, "token", "ada", "--name", "stale"), manage(server, "token", "ada")
        slug = answered(server, "/homes", witness)["items"][0]["slug"]
        url = f"ws://127.0.0.1:{server.port}/ws/api/v1/homes/{slug}/"
        with (
            connect(url, additional_headers={"Authorization": f"Bearer {stale}"}) as socket,
            somebody_switching(server, witness),
        ):
            at = datetime.fromisoformat(manage(server, "shell", "-v0", "-c", taken))
            last, closed_with = heard_to_the_end(socket)
        decisions = all_decisions(server, slug, witness)
        refused = server.ask(f"{API}/homes/{slug}/load", Authorization=f"Bearer {stale}").status

    told = {one["revision"]: datetime.fromisoformat(one["at"]) for one in decisions}
    assert closed_with == code
    assert told[last] <= at + timedelta(seconds=2)
    assert max(told.values()) > at
    assert refused == status
