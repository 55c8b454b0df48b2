"""Switches that wait together: each is answered as if it had gone the ordinary way, whoever else is in the same lot."""

import asyncio
import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from appliances.api import together
from appliances.models import Appliance, Decision, Home, Membership, User
from appliances.models.membership import Role
from appliances.models.token import Scope
from appliances.services import fair_turn, switching, tokens, turn
from appliances.services.outcome import Busy
from appliances.telemetry import figures, lines
from tests.builders import a_home, a_person, a_token, an_appliance, turn_off, turn_on
from tests.serving.asking import Headers, Heard, a_request
from voltsafe.asgi import http

pytestmark = pytest.mark.django_db(transaction=True)

JSON = [(b"content-type", b"application/json"), (b"user-agent", b"automation")]
GZIP = [*JSON, (b"accept-encoding", b"gzip, deflate")]
DIFFER = {b"x-request-id", b"content-length", b"content-encoding"}
"""How short a packed answer is, is left to chance, so that its length tells nothing."""


@dataclass
class Sent:
    """A switch on its way."""

    job: Any
    _answer: SimpleQueue[Any]

    def heard(self) -> Heard:
        return Heard(*self._answer.get(timeout=30))


@dataclass
class Flat:
    home: Home
    owner: User
    token: str
    lamp: Appliance
    kettle: Appliance
    oven: Appliance
    lots: list[list[Any]] = field(default_factory=list)
    """The answers that each lot got; None went the ordinary way after all."""

    def send(self, of: Any, body: Any, *, token: str = "", headers: Headers = JSON, **scope: Any) -> Sent:
        pk = getattr(of, "pk", of)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        bearer = (b"authorization", f"Bearer {token or self.token}".encode())
        asked = a_request(
            f"/api/v1/appliances/{pk}/toggle".encode(), method="POST", headers=[bearer, *headers], **scope
        )
        answer: SimpleQueue[Any] = SimpleQueue()
        return Sent(http.answer_to(asked, sent, answer.put), answer)

    def ask(self, of: Any, body: Any, **more: Any) -> Heard:
        return self.send(of, body, **more).heard()

    def switch(self, of: Any, on: bool, **more: Any) -> Heard:
        return self.ask(of, {"is_on": on}, **more)

    def introduce(self, headers: Headers = JSON, **scope: Any) -> None:
        """Of each kind the first goes the ordinary way."""
        assert self.switch(self.lamp, False, headers=headers, **scope).status == 200
        self.lots.clear()


@pytest.fixture(autouse=True)
def nobody_known() -> Iterator[None]:
    together._known.clear()
    together.home_of.cache_clear()
    yield
    together._known.clear()
    together.home_of.cache_clear()


@pytest.fixture
def flat(monkeypatch: pytest.MonkeyPatch) -> Flat:
    owner = a_person("ada")
    home = a_home("Harbour flat", owner=owner)
    found = Flat(
        home,
        owner,
        a_token(owner)[1],
        an_appliance(home, "Lamp", watts="0.5"),
        an_appliance(home, "Kettle", watts=2200),
        an_appliance(home, "Oven", watts=3000),
    )
    carry_out = together.carry_out

    def noted(switches: Any) -> Any:
        answers = carry_out(switches)
        found.lots.append(answers)
        return answers

    monkeypatch.setattr(together, "carry_out", noted)
    return found


def told(heard: Heard) -> tuple[int, list[tuple[bytes, bytes]], Any]:
    """What must be the same whichever way it went."""
    body = gzip.decompress(heard.body) if heard.has("content-encoding") else heard.body
    assert heard.header("content-length") == str(len(heard.body))
    said = json.loads(body)
    for numbered in (said, said.get("load", {})):
        numbered.pop("revision", None)
    return heard.status, sorted(one for one in heard.headers if one[0] not in DIFFER), said


def so_that(flat: Flat, case: str) -> tuple[Appliance, bool]:
    """The switch that is answered so, in a home where it is."""
    flat.kettle.refresh_from_db()
    if flat.kettle.is_on != (case in {"switched off", "so already", "too much"}):
        (turn_off if flat.kettle.is_on else turn_on)(flat.kettle)
    if case == "resting" and not flat.kettle.min_off_seconds:
        Appliance.objects.filter(pk=flat.kettle.pk).update(min_off_seconds=3600, switched_at=timezone.now())
    return flat.oven if case == "too much" else flat.kettle, case != "switched off"


@pytest.mark.parametrize("headers", [JSON, GZIP], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("case", "status"),
    [("granted", 200), ("switched off", 200), ("so already", 200), ("too much", 403), ("resting", 403)],
)
def test_the_answer_is_the_ordinary_one(flat: Flat, case: str, status: int, headers: Headers) -> None:
    ordinary = flat.switch(*so_that(flat, case), headers=headers)
    assert not flat.lots
    flat.introduce(headers)
    ours = flat.switch(*so_that(flat, case), headers=headers)

    assert [len(lot) for lot in flat.lots] == [1]
    assert None not in flat.lots[0]
    assert ours.status == status
    assert told(ours) == told(ordinary)
    if case != "resting":  # which is so short that it is packed only by chance
        assert ours.has("content-encoding") == ordinary.has("content-encoding") == (headers is GZIP)


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("no such appliance", 404),
        ("a stranger", 404),
        ("a viewer", 403),
        ("a token that may only read", 403),
        ("a token that is none", 401),
        ("no token", 401),
        ("no json", 400),
        ("a field that is none", 422),
        ("no truth", 422),
    ],
)
def test_what_is_wrong_is_said_the_ordinary_way(flat: Flat, case: str, status: int) -> None:
    token = {
        "a stranger": lambda: a_token(a_person("bob"))[1],
        "a viewer": lambda: a_token(a_person("eve", home=flat.home, role=Role.VIEWER))[1],
        "a token that may only read": lambda: a_token(flat.owner, scope=Scope.READ)[1],
        "a token that is none": lambda: "vs_" + 43 * "x",
        "no token": lambda: " ",
    }.get(case, lambda: flat.token)()
    body = {"no json": b"{", "a field that is none": {"is_on": True, "on": 1}, "no truth": {"is_on": 1}}
    of = 999_999 if case == "no such appliance" else flat.kettle

    def ask() -> Heard:
        return flat.ask(of, body.get(case, {"is_on": True}), token=token)

    ordinary = ask()
    flat.introduce()

    assert ask().status == ordinary.status == status
    assert told(ask()) == told(ordinary)
    assert flat.lots == [[None]] * 2
    assert decisions_of(flat.kettle) == []


def decisions_of(row: Appliance) -> list[tuple[str, str, str]]:
    rows = Decision.objects.filter(subject_id=row.pk, action__startswith="switch").order_by("revision")
    return [(one.action, one.outcome, one.actor_name) for one in rows]


@pytest.mark.sqlite
def test_who_is_not_let_in_takes_nobodys_turn(flat: Flat) -> None:
    flat.introduce()
    with fair_turn.writers.turn(5):
        assert flat.switch(flat.kettle, True, token="vs_none").status == 401

    assert flat.lots == [[None]]


@contextmanager
def all_wait(flat: Flat, sent: list[Sent]) -> Iterator[None]:
    """What is sent here waits for one that waits for its turn, so that it is one lot."""
    with fair_turn.writers.turn(5):
        sent.append(flat.send(flat.lamp, {"is_on": False}))
        while http._waiting._waiting:
            time.sleep(0.001)
        yield


@pytest.mark.sqlite
def test_each_of_a_lot_is_judged_by_its_own_token_and_answered_for_itself(flat: Flat) -> None:
    viewer = a_token(a_person("eve", home=flat.home, role=Role.VIEWER))[1]
    guest = a_token(a_person("gus", home=flat.home, role=Role.GUEST), "bot")[1]
    flat.introduce()
    sent: list[Sent] = []
    with all_wait(flat, sent):
        sent += [
            flat.send(flat.kettle, {"is_on": True}, token=viewer),
            flat.send(flat.kettle, {"is_on": True}, token=guest),
            flat.send(flat.oven, {"is_on": True}, token="vs_none"),
            flat.send(flat.oven, {"is_on": True}),
            flat.send(999_999, {"is_on": True}),
            flat.send(flat.oven, b"on"),
            flat.send(flat.kettle, {"is_on": False}),
            flat.send(flat.oven, {"is_on": True}),
        ]
    heard = [one.heard() for one in sent]

    assert [one.status for one in heard] == [200, 403, 200, 401, 403, 404, 400, 200, 200]
    assert decisions_of(flat.kettle) == [
        ("switch_on", "granted", "gus (bot)"),
        ("switch_off", "granted", "ada (test)"),
    ]
    assert decisions_of(flat.oven) == [("switch_on", "refused", "ada (test)"), ("switch_on", "granted", "ada (test)")]
    assert [len(lot) for lot in flat.lots] == [1, 8]
    revisions = [json.loads(one.body)["revision"] for one in heard if one.status == 200]
    assert revisions == sorted(revisions)


def test_of_many_at_once_as_many_are_granted_as_fit(flat: Flat) -> None:
    lamps = [an_appliance(flat.home, watts=400) for _ in range(30)]
    flat.introduce()
    sent: list[Sent] = []
    with all_wait(flat, sent):
        sent += [flat.send(one, {"is_on": True}) for one in lamps]
    statuses = Counter(one.heard().status for one in sent[1:])

    assert statuses == {200: 12, 403: 18}
    assert Appliance.objects.filter(is_on=True).count() == 12


def test_who_has_lost_the_role_meanwhile_is_refused(flat: Flat) -> None:
    guest = a_person("gus", home=flat.home, role=Role.GUEST)
    token = a_token(guest)[1]
    flat.introduce()
    assert flat.switch(flat.kettle, True, token=token).status == 200
    Membership.objects.filter(user=guest).update(role=Role.VIEWER)

    assert flat.switch(flat.kettle, False, token=token).status == 403


@pytest.mark.sqlite
def test_who_hangs_up_while_it_waits_is_not_served(flat: Flat) -> None:
    flat.introduce()
    sent: list[Sent] = []
    with all_wait(flat, sent):
        gone = flat.send(flat.kettle, {"is_on": True})
        stays = flat.send(flat.oven, {"is_on": True})
        assert http.drop(gone.job)

    assert stays.heard().status == 200
    assert decisions_of(flat.kettle) == []
    assert not http.drop(stays.job)


def test_who_waited_too_long_is_told_so_and_nothing_is_done(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    flat.introduce()
    monkeypatch.setattr(http, "_patience", -1)
    heard = flat.switch(flat.kettle, True)

    assert (heard.status, heard.header("retry-after")) == (503, "1")
    assert decisions_of(flat.kettle) == []


def test_a_turn_that_does_not_come_is_a_busy_home(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    flat.introduce()

    def never(*_args: Any, **_more: Any) -> Any:
        raise Busy(turn.HOME_IS_BUSY)

    monkeypatch.setattr(switching, "switch", never)
    ours = flat.switch(flat.kettle, True)
    assert flat.lots
    together._known.clear()

    assert (ours.status, ours.header("retry-after")) == (503, "2")
    # What is so short is never packed, so that the ordinary way need not say that it might have been.
    ordinary = flat.switch(flat.kettle, True)
    assert (told(ours)[0], told(ours)[2]) == (told(ordinary)[0], told(ordinary)[2])


def test_a_database_that_is_away_is_asked_once(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    flat.introduce()
    asked: list[str] = []

    def away(*, text: str, now: Any) -> Any:
        asked.append(text)
        raise OperationalError("gone")

    monkeypatch.setattr(tokens, "bearer", away)
    heard = flat.switch(flat.kettle, True)

    assert (heard.status, json.loads(heard.body)["code"]) == (503, "unavailable")
    assert len(asked) == 1


def test_a_fault_of_ours_is_everybodys_and_the_next_are_served(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    flat.introduce()
    with monkeypatch.context() as broken:
        broken.setattr(together, "carry_out", lambda _switches: 1 / 0)
        assert flat.switch(flat.kettle, True).status == 500

    assert flat.switch(flat.kettle, True).status == 200


def test_an_answer_that_goes_nowhere_keeps_nobody_waiting(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    flat.introduce()
    gone = threading.Event()

    def nowhere(*_answer: Any) -> None:
        gone.set()
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(http, "_give", nowhere)
        flat.send(flat.kettle, {"is_on": True})
        assert gone.wait(20)

    assert flat.switch(flat.kettle, False).status == 200


def test_a_cookie_is_not_handed_on(flat: Flat) -> None:
    together.learn((), (200, [(b"content-type", b"application/json"), (b"set-cookie", b"a=b")], b"{}"))

    assert not together._known


def test_what_was_not_let_in_teaches_nothing(flat: Flat) -> None:
    for _ in range(2):
        assert flat.switch(flat.lamp, False, token="vs_none").status == 401
        assert flat.switch(flat.lamp, False, headers=[*JSON, (b"host", b"evil.example")]).status == 400

    assert not together._known
    assert not flat.lots


def test_another_host_is_another_kind(flat: Flat) -> None:
    flat.introduce()

    assert flat.switch(flat.lamp, False, headers=[*JSON, (b"host", b"evil.example")]).status == 400


def test_no_more_kinds_are_kept_than_there_is_room_for(flat: Flat) -> None:
    for n in range(together.MOST_KINDS + 2):
        flat.introduce([*JSON, (b"x-number", b"%d" % n)])
    assert len(together._known) == 2
    flat.introduce([*JSON, (b"x-long", b"x" * together.LONGEST_KIND)])

    assert len(together._known) == 2


@pytest.mark.parametrize("header", sorted(together.NOT_PLAIN))
def test_with_a_key_or_a_code_it_goes_the_ordinary_way(flat: Flat, header: bytes) -> None:
    headers = [*JSON, (header, b"abc")]
    for _ in range(2):
        assert flat.switch(flat.lamp, True, headers=headers).status == 200

    assert not flat.lots
    assert not together._known


def test_so_does_what_is_only_rehearsed(flat: Flat) -> None:
    flat.introduce()
    heard = flat.switch(flat.kettle, True, query_string=b"dry_run=true")

    assert json.loads(heard.body)["dry_run"]
    assert not flat.lots
    assert decisions_of(flat.kettle) == []


def test_an_appliance_that_is_another_homes_now_is_found(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after another database has been put in the place of this one."""
    other = a_home("Cabin", owner=flat.owner)
    flat.introduce()
    together.home_of.cache_clear()
    monkeypatch.setattr(switching, "home_of", lambda _pk: other.pk)

    assert flat.switch(flat.kettle, True).status == 200
    assert decisions_of(flat.kettle) == [("switch_on", "granted", "ada (test)")]


def test_the_log_and_the_figures_know_it_as_any_other(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    flat.introduce([*JSON, (b"x-request-id", b"first-of-its-kind")])
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(lines, "_write", lambda event, **fields: written.append({"event": event, **fields}))
    counted = dict(figures.requests.read())
    heard = flat.switch(flat.kettle, True, headers=[*JSON, (b"x-request-id", b"my-own-request")])

    decision, request = written
    assert heard.header("x-request-id") == decision["request"] == request["request"] == "my-own-request"
    assert (request["route"], request["user"], request["status"]) == (together.ROUTE, flat.owner.pk, 200)
    after = dict(figures.requests.read())
    assert {key: after[key] - counted.get(key, 0) for key in after if after[key] != counted.get(key, 0)} == {
        ("api", "POST", "200"): 1
    }


async def test_the_loop_makes_no_connection_for_whoever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task of the loop has no connection, so that asking Django's makes another one in each."""
    made = []
    begin = BaseDatabaseWrapper.__init__

    def counted(self: BaseDatabaseWrapper, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        begin(self, *args, **kwargs)

    monkeypatch.setattr(BaseDatabaseWrapper, "__init__", counted)

    async def comes() -> int:
        return together.at_most()

    together.at_most.cache_clear()
    assert len({await asyncio.create_task(comes()) for _ in range(3)}) == 1
    assert len(made) <= 1
