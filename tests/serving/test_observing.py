"""What is seen of requests and sockets on their way through: their ids, lines and figures."""

import asyncio
import gc
import itertools
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from appliances.models import Appliance
from appliances.telemetry import figures, lines
from tests.builders import a_home, a_person, a_token, an_appliance, turn_on
from tests.serving.asking import HANGING_UP, Heard, a_part, a_request, ask
from voltsafe.asgi import application
from voltsafe.observing import ObservedPool

Lines = list[dict[str, Any]]


@pytest.fixture
def log() -> Iterator[Lines]:
    written: Lines = []
    lines.write_with(lambda event, **fields: written.append({"event": event, **fields}))
    yield written
    lines.write_with(None)


async def answered(scope: dict[str, Any], *parts: dict[str, Any]) -> Heard:
    heard = await ask(application, scope, *parts)
    assert heard is not None
    return heard


def count_of(figure: figures.Figure[int], *labels: str) -> int:
    return figure.read().get(labels, 0)


def observed(figure: figures.Histogram, *labels: str) -> int:
    spread = figure.read().get(labels)
    return sum(spread.counts) if spread else 0


async def test_a_request_gets_an_id_which_its_answer_and_its_line_carry(log: Lines) -> None:
    heard = await answered(a_request(b"/healthz"))
    given = heard.header("x-request-id")

    assert re.fullmatch("[0-9a-f]{16}", given)
    assert [line["request"] for line in log] == [given]


async def test_no_two_requests_have_the_same_id() -> None:
    ids = {(await answered(a_request(b"/healthz"))).header("x-request-id") for _ in range(20)}

    assert len(ids) == 20


async def test_a_well_formed_id_of_the_client_is_kept() -> None:
    asked = a_request(b"/healthz", headers=[(b"x-request-id", b"7f1e9a52-2a0b-4c6e")])

    assert (await answered(asked)).header("x-request-id") == "7f1e9a52-2a0b-4c6e"


@pytest.mark.parametrize("given", [b"", b"short", b"x" * 65, b"with space 1234", b"line\nfeed-1234", b"\xff" * 16])
async def test_any_other_is_replaced(given: bytes) -> None:
    heard = await answered(a_request(b"/healthz", headers=[(b"x-request-id", given)]))

    assert re.fullmatch("[0-9a-f]{16}", heard.header("x-request-id"))
    assert [name for name, _value in heard.headers].count(b"x-request-id") == 1


async def test_the_line_tells_what_was_asked_by_its_name_and_what_was_answered(log: Lines) -> None:
    heard = await answered(a_request(b"/healthz", query_string=b"a=secret"))
    (line,) = log

    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "request": heard.header("x-request-id"),
        "method": "GET",
        "route": "healthz",
        "status": 200,
        "bytes": len(heard.body),
        "user": None,
    }


@pytest.mark.parametrize(
    ("path", "door", "status"),
    [
        (b"/healthz", "monitor", "200"),
        (b"/api/v1/homes", "api", "401"),
        (b"/api/v1/nowhere", "api", "404"),
        (b"/admin/login/", "admin", "302"),
        (b"/sign-in/", "page", "200"),
        (b"/static/vendor/htmx-2.0.11.min.js", "static", "200"),
        (b"/nowhere", "other", "404"),
    ],
)
@pytest.mark.django_db(transaction=True)
async def test_a_request_is_counted_and_timed_by_its_door(path: bytes, door: str, status: str) -> None:
    await sync_to_async(a_person)()
    before = count_of(figures.requests, door, "GET", status), observed(figures.request_time, door)
    heard = await answered(a_request(path))
    after = count_of(figures.requests, door, "GET", status), observed(figures.request_time, door)

    assert str(heard.status) == status
    assert after == (before[0] + 1, before[1] + 1)


async def test_what_the_pool_refuses_is_counted_too() -> None:
    before = count_of(figures.requests, "other", "other", "405")
    await answered(a_request(method="BREW"))

    assert count_of(figures.requests, "other", "other", "405") == before + 1


class Slow:
    """A handler that answers when it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, _environ: dict[str, Any], start_response: Any) -> Any:
        self.begun.set()
        assert self.let_go.wait(30)
        start_response("200 OK", [])
        return HttpResponse(b"late")


async def test_who_hangs_up_in_the_queue_is_counted_as_one_who_left() -> None:
    slow, before = Slow(), count_of(figures.requests, "other", "GET", "499")
    pool = ObservedPool(slow, threads=1)
    running = asyncio.ensure_future(ask(pool, a_request()))
    await asyncio.to_thread(slow.begun.wait)
    assert await ask(pool, a_request(), a_part(), HANGING_UP) is None
    slow.let_go.set()
    await running
    pool.close()

    assert count_of(figures.requests, "other", "GET", "499") == before + 1


async def test_a_request_is_held_until_it_is_answered() -> None:
    slow, before = Slow(), count_of(figures.requests_held)
    pool = ObservedPool(slow, threads=1)
    running = asyncio.ensure_future(ask(pool, a_request()))
    await asyncio.to_thread(slow.begun.wait)
    assert count_of(figures.requests_held) == before + 1
    slow.let_go.set()
    await running
    pool.close()

    assert count_of(figures.requests_held) == before


@pytest.mark.django_db(transaction=True)
async def test_nothing_of_what_was_answered_is_left_for_a_search_for_garbage() -> None:
    await sync_to_async(a_person)()
    gc.collect()
    gc.disable()
    try:
        before = {id(one) for one in gc.get_objects() if type(one) is WSGIRequest}
        assert (await answered(a_request(b"/healthz"))).status == 200
        assert {id(one) for one in gc.get_objects() if type(one) is WSGIRequest} <= before
    finally:
        gc.enable()


@sync_to_async
def a_kettle() -> tuple[Appliance, Any, str]:
    owner = a_person()
    home = a_home(owner=owner)
    kettle = an_appliance(home, "Kettle", watts=2000)
    return kettle, owner, a_token(owner)[1]


@pytest.mark.django_db(transaction=True)
async def test_the_line_of_a_decision_carries_the_request_that_asked_for_it(log: Lines) -> None:
    kettle, owner, token = await a_kettle()
    log.clear()
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
    path = f"/api/v1/appliances/{kettle.pk}/toggle".encode()
    heard = await answered(a_request(path, method="POST", headers=headers), a_part(b'{"is_on": true}'))
    decision, request = log

    assert decision == {
        "event": "decision",
        "request": heard.header("x-request-id"),
        "home": kettle.home_id,
        "revision": 4,
        "action": "switch_on",
        "outcome": "granted",
        "actor": "token",
        "actor_id": decision["actor_id"],
        "subject": "appliance",
        "subject_id": kettle.pk,
        "circuit": kettle.circuit_id,
        "requested_watts": 2000.0,
        "load_before_watts": 0.0,
        "load_after_watts": 2000.0,
        "limit_watts": 5000.0,
    }
    assert (request["route"], request["user"], request["status"]) == ("api:switch_appliance", owner.pk, 200)


ADDRESSES = itertools.count(1)


async def dial(path: str, token: str) -> WebsocketCommunicator:
    headers = [(b"host", b"testserver"), (b"authorization", f"Bearer {token}".encode())]
    socket = WebsocketCommunicator(application, path, headers=headers)
    # Handshakes are counted by address, over all tests.
    socket.scope["client"] = [f"192.0.2.{next(ADDRESSES)}", 1]
    assert (await socket.connect(5))[0]
    return socket


@pytest.mark.django_db(transaction=True)
async def test_a_socket_is_told_of_when_it_is_let_in_and_when_it_ends(log: Lines) -> None:
    kettle, owner, token = await a_kettle()
    log.clear()
    before = count_of(figures.sockets_opened, "json"), count_of(figures.sockets_closed, "json", "1000")
    home = await sync_to_async(lambda: kettle.home)()
    socket = await dial(f"/ws/api/v1/homes/{home.slug}/", token)
    await socket.receive_json_from(5)
    assert count_of(figures.sockets, "json") == 1
    await socket.disconnect()
    opened, closed = log

    assert opened["request"] == closed["request"]
    told = {"kind": "json", "home": home.pk, "user": owner.pk, "request": opened["request"]}
    assert opened == {"event": "socket opened", **told}
    assert closed.pop("seconds") >= 0
    assert closed == {"event": "socket closed", "code": "1000", **told}
    assert count_of(figures.sockets, "json") == 0
    assert count_of(figures.sockets_opened, "json") == before[0] + 1
    assert count_of(figures.sockets_closed, "json", "1000") == before[1] + 1


@pytest.mark.django_db(transaction=True)
async def test_a_socket_that_is_not_let_in_is_told_of_once_with_its_code(log: Lines) -> None:
    kettle, _owner, _token = await a_kettle()
    log.clear()
    home = await sync_to_async(lambda: kettle.home)()
    socket = await dial(f"/ws/homes/{home.slug}/", "vs_nobodys")
    assert (await socket.receive_output(5))["code"] == 4401
    await socket.disconnect()

    assert [(line["event"], line["kind"], line["code"]) for line in log] == [("socket closed", "html", "4401")]


async def test_a_handshake_that_is_refused_was_never_open(log: Lines) -> None:
    before = count_of(figures.sockets_closed, "other", "refused"), count_of(figures.sockets_opened, "other")
    socket = WebsocketCommunicator(application, "/ws/nowhere/", headers=[(b"host", b"testserver")])
    assert not (await socket.connect(5))[0]

    after = count_of(figures.sockets_closed, "other", "refused"), count_of(figures.sockets_opened, "other")
    assert after == (before[0] + 1, before[1])
    assert [(line["code"], line["seconds"]) for line in log] == [("refused", 0.0)]


@pytest.mark.django_db(transaction=True)
async def test_a_push_is_counted_and_its_way_timed_from_its_publication() -> None:
    kettle, _owner, token = await a_kettle()
    home = await sync_to_async(lambda: kettle.home)()
    socket = await dial(f"/ws/api/v1/homes/{home.slug}/", token)
    await socket.receive_json_from(5)
    before = count_of(figures.pushes, "json"), observed(figures.push_latency)
    await sync_to_async(turn_on)(kettle)
    while (await socket.receive_json_from(5))["type"] != "change":
        pass
    # Its figures are written when the last watcher has been told.
    while observed(figures.push_latency) == before[1]:
        await sync_to_async(lambda: None)()

    assert count_of(figures.pushes, "json") == before[0] + 1
    await socket.disconnect()
