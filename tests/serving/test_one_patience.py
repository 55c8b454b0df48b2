"""Where another program holds SQLite's file, a request has one patience for all that it waits for."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

import pytest
from django.db import connection

from appliances.api import together
from appliances.models import Appliance, Home, Token, User
from appliances.services import turn, verifying
from appliances.services.fair_turn import MOST_TOGETHER
from tests.builders import a_home, a_person, a_token, an_appliance
from tests.serving.asking import a_request
from voltsafe.asgi import http

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

PATIENCE, FOR_A_THREAD = 1.0, 0.6
MOST = 2.5
"""Of one patience and what a slow machine adds; two waits of a second each, or one of SQLite's own five, are more."""

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_program() -> Iterator[None]:
    command = [sys.executable, "-c", HOLD, str(connection.settings_dict["NAME"])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.communicate(timeout=30)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(turn, "PATIENCE", PATIENCE)
    monkeypatch.setattr(http, "_patience", FOR_A_THREAD)
    together._known.clear()
    yield
    together._known.clear()


@pytest.fixture
def owner() -> User:
    return a_person("ada")


@pytest.fixture
def lamp(owner: User) -> Appliance:
    home: Home = a_home(owner=owner)
    return an_appliance(home, "Lamp", watts=10)


class Crowd:
    """Automations that all switch the lamp, each with a token of its own; what they were told, and after how long."""

    def __init__(self, lamp: Appliance, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.lamp, self.more = lamp, more
        self.answers: SimpleQueue[tuple[int, float]] = SimpleQueue()
        self.asked = 0

    def ask(self, token: str) -> None:
        self.asked += 1
        headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json"), *self.more]
        path = f"/api/v1/appliances/{self.lamp.pk}/toggle".encode()
        began = time.monotonic()

        def answered(answer: Any) -> None:
            self.answers.put((answer[0], time.monotonic() - began))

        http.answer_to(a_request(path, method="POST", headers=headers), b'{"is_on": true}', answered)

    def told(self) -> list[tuple[int, float]]:
        return [self.answers.get(timeout=60) for _ in range(self.asked)]


@pytest.mark.parametrize("way", ["together", "one by one"])
def test_a_switch_over_rest_is_told_after_one_patience(owner: User, lamp: Appliance, way: str) -> None:
    several = [a_token(owner, str(number))[1] for number in range(MOST_TOGETHER)]
    first = Crowd(lamp)
    first.ask(a_token(owner)[1])
    assert [status for status, _took in first.told()] == [200]
    # With a code they go the ordinary way.
    crowd = Crowd(lamp, ((b"installer-code", b"none"),) if way == "one by one" else ())

    with held_by_another_program():
        for token in several:
            crowd.ask(token)
            # Some come while others wait: for the lot before them, for a thread, for their turn.
            time.sleep(2 * PATIENCE / MOST_TOGETHER)
        told = crowd.told()

    assert {status for status, _took in told} == {503}
    assert max(took for _status, took in told) < MOST, sorted(took for _status, took in told)[-3:]
    assert verifying.differences() == []


def test_who_is_in_time_when_it_is_let_go_is_served_though_another_has_given_up(owner: User, lamp: Appliance) -> None:
    tokens = [a_token(owner, str(number))[1] for number in range(3)]
    crowd = Crowd(lamp, ((b"installer-code", b"none"),))

    with held_by_another_program():
        crowd.ask(tokens[0])
        time.sleep(0.8 * PATIENCE)
        crowd.ask(tokens[1])
        crowd.ask(tokens[2])
        time.sleep(0.5 * PATIENCE)
    told = crowd.told()

    assert [status for status, _took in told] == [503, 200, 200]
    assert verifying.differences() == []


def test_the_use_of_a_token_is_noted_once_it_can_be(owner: User, lamp: Appliance) -> None:
    row, text = a_token(owner)
    crowd = Crowd(lamp)

    with held_by_another_program():
        crowd.ask(text)
        assert crowd.told()[0][0] == 503
        assert Token.objects.get(pk=row.pk).last_used_at is None
    for _ in range(100):
        crowd.ask(text)
        crowd.answers.get(timeout=60)
        if Token.objects.get(pk=row.pk).last_used_at is not None:
            return
        time.sleep(0.1)
    pytest.fail("its use is never noted again")
