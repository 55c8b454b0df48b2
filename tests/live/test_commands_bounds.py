"""Commands that come late, too many or not at all: each is answered, none is carried out late, and nothing breaks."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from appliances.live import asked, carrying, consumers
from appliances.live.asked import Asked, Wrong
from appliances.live.visitor import TOO_MANY, Visitor
from appliances.presentation import problems
from appliances.services.answered import Answer
from tests.live.test_json_socket import a_furnished_home, path_of
from tests.services.rows import load_of

Dial = Callable[..., Any]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WHO = Visitor(home_id=1, role="owner", user_id=1)
TOGGLE = {"id": 1, "action": "toggle", "appliance": 7, "is_on": True}
committing = pytest.mark.django_db(transaction=True)


def read(text: str) -> Asked:
    return asked.read(text, WHO, "/ws/", lambda: NOON)


def wrong(text: str) -> Wrong:
    with pytest.raises(Wrong) as found:
        read(text)
    return found.value


def said_at(seconds_ago: float) -> str:
    return json.dumps({**TOGGLE, "at": (NOON - timedelta(seconds=seconds_ago)).isoformat()})


@pytest.mark.parametrize(("seconds_ago", "left"), [(0, 5), (3, 2), (5, 0), (-4.9, 5)])
def test_what_was_said_a_while_ago_has_less_time_left(
    seconds_ago: float, left: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked.time, "monotonic", lambda: 1000.0)

    assert read(said_at(seconds_ago)).deadline == pytest.approx(1000 + left)
    assert read(json.dumps(TOGGLE)).deadline == 1005


def test_what_is_older_than_five_seconds_is_no_command() -> None:
    assert wrong(said_at(5.001)).fault.kind.code == "too_late"
    assert wrong(said_at(5.001)).id == 1


def test_a_clock_that_is_ahead_is_told_so() -> None:
    found = wrong(said_at(-60))

    assert (found.fault.kind.code, found.id) == ("invalid", 1)
    assert "60 seconds ahead" in found.fault.more["errors"]["at"][0]


@pytest.mark.parametrize(
    ("text", "code", "id_", "fields"),
    [
        ("", "malformed", None, ()),
        ("nonsense", "malformed", None, ()),
        ('{"id":1,"id":2}', "malformed", None, ()),
        ("[" * 5000, "malformed", None, ()),
        (" " * 8193, "too_large", None, ()),
        ("7", "invalid", None, ("body",)),
        ("[]", "invalid", None, ("body",)),
        ("{}", "invalid", None, ("action",)),
        ('{"id":3,"action":"explode","appliance":7}', "invalid", 3, ("action",)),
        ('{"action":"fit","appliance":7}', "invalid", None, ("id",)),
        ('{"id":null,"action":"fit","appliance":7}', "invalid", None, ("id",)),
        ('{"id":true,"action":"fit","appliance":7}', "invalid", None, ("id",)),
        ('{"id":"","action":"fit","appliance":7}', "invalid", None, ("id",)),
        ('{"id":1.5,"action":"fit","appliance":7}', "invalid", None, ("id",)),
        ('{"id":"a","action":"toggle","appliance":7}', "invalid", "a", ("is_on",)),
        ('{"id":1,"action":"toggle","appliance":7,"is_on":1}', "invalid", 1, ("is_on",)),
        ('{"id":1,"action":"fit","appliance":0}', "invalid", 1, ("appliance",)),
        ('{"id":1,"action":"fit","appliance":99999999999999999999}', "invalid", 1, ("appliance",)),
        ('{"id":1,"action":"fit","appliance":7,"key":"a"}', "invalid", 1, ("key",)),
        ('{"id":1,"action":"fit","appliance":7,"at":"noon"}', "invalid", 1, ("at",)),
        ('{"id":1,"action":"wait","appliance":7,"key":"ä"}', "invalid", 1, ("key",)),
        ('{"id":1,"action":"swap","appliance":7,"off":[1,0]}', "invalid", 1, ("off",)),
    ],
)
def test_whatever_is_wrong_with_a_message_is_named(text: str, code: str, id_: Any, fields: tuple[str, ...]) -> None:
    found = wrong(text)

    assert (found.fault.kind.code, found.id) == (code, id_)
    assert tuple(found.fault.more.get("errors", ())) == fields


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text() | st.sampled_from(asked.ACTIONS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["id", "action", "appliance", "is_on", "off", "at", "key", "dry_run", "expires_at", "x"])


NEARLY = st.dictionaries(NAMES, ANYTHING).map(lambda some: {**TOGGLE, **some})


def read_or_wrong(text: str) -> Asked | Wrong:
    try:
        return read(text)
    except Wrong as why:
        return why


@given(st.text() | (ANYTHING | NEARLY).map(json.dumps))
def test_no_message_is_more_than_a_command_or_a_problem(text: str) -> None:
    found = read_or_wrong(text)

    if isinstance(found, Wrong):
        answer = json.loads(
            carrying.sent(found.id, Answer(found.fault.kind.status, carrying.problem(found.fault, "/")))
        )
        assert answer["problem"]["status"] in {400, 409, 413, 422}
    else:
        assert found.message.action in asked.ACTIONS
        assert found.message.appliance > 0


@committing
async def test_a_message_that_is_none_costs_the_socket_nothing(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    for text in (" ", "null", "[[", '{"id": 9}', '"\\ud800"'):
        await socket.send_to(text_data=text)
        answer = await socket.answer()
        assert (answer["ok"], answer["problem"]["instance"]) == (False, path_of(home))
    await socket.send_to(bytes_data=b"\x00")
    assert (await socket.answer())["problem"]["code"] == "malformed"

    assert (await socket.toggle(kettle))["ok"]


@committing
@pytest.mark.parametrize("action", ["toggle", "fit"])
async def test_what_has_waited_here_too_long_is_not_carried_out(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    more = {"is_on": True} if action == "toggle" else {}
    # Its time is over by the time that it is read.
    monkeypatch.setattr(asked, "STALE", -0.001)

    answer = await socket.ask(action, kettle, **more)

    assert answer["problem"]["code"] == "too_late"
    assert await sync_to_async(load_of)(home) == 0


@committing
async def test_what_was_said_a_moment_ago_is_carried_out(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    assert (await socket.toggle(kettle, at=timezone.now().isoformat()))["ok"]
    late = await socket.toggle(kettle, is_on=False, at=(timezone.now() - timedelta(seconds=6)).isoformat())

    assert (late["problem"]["code"], late["problem"]["status"]) == ("too_late", 409)
    assert await sync_to_async(load_of)(home) == 2000


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Commands are carried out once it is set."""
    let_go, carry_out = threading.Event(), carrying.carry_out

    def wait(batch: Sequence[Asked]) -> list[str]:
        let_go.wait(30)
        return carry_out(batch)

    monkeypatch.setattr(carrying, "carry_out", wait)
    yield let_go
    let_go.set()


@committing
async def test_one_more_than_may_wait_is_told_so_at_once(dial: Dial, held: threading.Event) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket, other = await dial(path_of(home), owner), await dial(path_of(home), owner)

    for number in range(consumers.MOST_UNANSWERED + 1):
        await socket.say("toggle", kettle, is_on=number % 2 == 0)
    busy = await socket.answer()
    await other.say("fit", kettle)
    held.set()
    answers = [await socket.answer() for _ in range(consumers.MOST_UNANSWERED)]

    assert (busy["id"], busy["problem"]["code"]) == (consumers.MOST_UNANSWERED + 1, "busy")
    assert busy["retry_after"] == problems.RETRY_SECONDS
    assert [one["id"] for one in answers] == list(range(1, consumers.MOST_UNANSWERED + 1))
    assert all(one["ok"] for one in answers)
    assert (await other.answer())["ok"], "one who says too much is nobody else's trouble"
    assert (await socket.toggle(kettle))["ok"], "and may go on"


@committing
async def test_who_listens_to_no_answer_is_shown_out(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "MOST_IN_VAIN", 3)
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    for _ in range(3):
        await socket.send_to(text_data="nonsense")
        await socket.answer()
    assert (await socket.ask("fit", kettle))["ok"]
    for _ in range(4):
        await socket.send_to(text_data="nonsense")

    assert await socket.closed_with() == TOO_MANY
