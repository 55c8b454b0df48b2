"""Commands on the JSON socket do what REST does, say what REST says, and stand on record as REST's do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from appliances.live import asked
from appliances.models import Answered, Appliance, Decision, Wait
from appliances.models.decision import Outcome
from appliances.services import actor, appliance, known, together, verifying
from tests.api.conftest import Caller
from tests.builders import a_home, an_appliance, turn_off, turn_on
from tests.live.test_json_socket import a_furnished_home, path_of
from tests.services.rows import load_of, revision_of

pytestmark = [pytest.mark.django_db(transaction=True)]

Dial = Callable[..., Any]
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


@sync_to_async
def over_rest(owner: Any, method: str, path: str, body: Any = None) -> Any:
    return json.loads(Caller(owner).ask(method, path, body).content)


@sync_to_async
def rows(model: Any, **which: Any) -> list[Any]:
    return list(model.objects.filter(**which).order_by("id"))


def without(shown: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in names}


async def test_a_toggle_is_answered_by_its_id_with_the_facts_that_rest_gives(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    answer = await socket.toggle(kettle)

    assert (answer["ok"], answer["changed"], answer["load"]["load_watts"]) == (True, True, 2000)
    assert answer["revision"] == await sync_to_async(revision_of)(home)
    rest = await over_rest(owner, "post", f"/appliances/{kettle.pk}/toggle", {"is_on": True})
    assert without(answer, "type", "id", "ok") == {**rest, "changed": True}


async def test_asking_for_what_already_is_changes_nothing_and_says_so(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    first, second = await socket.toggle(kettle), await socket.toggle(kettle)

    assert (first["changed"], second["changed"]) == (True, False)
    assert first["revision"] == second["revision"]


async def test_a_refusal_is_the_problem_that_rest_answers_with(dial: Dial) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    await sync_to_async(turn_on)(kettle)
    oven = await sync_to_async(an_appliance)(home, "Oven", watts=3500)
    socket = await dial(path_of(home), owner)

    answer = await socket.toggle(oven)
    rest = await over_rest(owner, "post", f"/appliances/{oven.pk}/toggle", {"is_on": True})

    assert answer["ok"] is False
    assert answer["problem"]["code"] == "capacity_exceeded"
    assert without(answer["problem"], "instance") == without(rest, "instance")
    assert not (await rows(Appliance, pk=oven.pk))[0].is_on
    assert [row.outcome for row in await rows(Decision, subject_id=oven.pk)][-2:] == [Outcome.REFUSED] * 2

    swapped = await socket.ask("swap", oven, off=answer["problem"]["make_room"][0]["off"])

    assert (swapped["ok"], swapped["load"]["load_watts"]) == (True, 3500)
    assert heater.pk not in answer["problem"]["make_room"][0]["off"]


async def test_it_waits_for_room_and_waits_no_longer(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    await sync_to_async(turn_on)(kettle)
    oven = await sync_to_async(an_appliance)(home, "Oven", watts=3500)
    socket = await dial(path_of(home), owner)

    waits = await socket.ask("wait", oven)
    assert waits["appliance"]["claim"]["why"] == "waiting"
    assert len(await rows(Wait, appliance=oven)) == 1

    cancelled = await socket.ask("cancel_wait", oven)
    assert cancelled["appliance"]["claim"] is None
    assert await rows(Wait, appliance=oven) == []

    never = await socket.ask("wait", oven, expires_at="2020-01-01T00:00:00Z")
    assert never["problem"]["errors"].keys() == {"expires_at"}


async def test_whether_it_would_fit_is_told_and_changes_nothing(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    await sync_to_async(turn_on)(kettle)
    oven = await sync_to_async(an_appliance)(home, "Oven", watts=3500)
    before = await sync_to_async(revision_of)(home)
    socket = await dial(path_of(home), owner)

    answer = await socket.ask("fit", oven)

    assert without(answer, "type", "id", "ok") == await over_rest(owner, "get", f"/appliances/{oven.pk}/fit")
    assert (answer["ok"], answer["fits"], answer["short_by_watts"]) == (True, False, 500)
    assert await sync_to_async(revision_of)(home) == before


async def test_a_dry_run_says_what_would_be_done(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    before = await sync_to_async(revision_of)(home)
    socket = await dial(path_of(home), owner)

    answer = await socket.toggle(kettle, dry_run=True)

    rest = await over_rest(owner, "post", f"/appliances/{kettle.pk}/toggle?dry_run=true", {"is_on": True})
    assert (answer["ok"], answer["dry_run"]) == (True, True)
    would_be, by_rest = (without(one["decisions"][0], "at", "by") for one in (answer, rest))
    assert would_be == by_rest
    assert await sync_to_async(revision_of)(home) == before
    assert await sync_to_async(load_of)(home) == 0


async def test_a_command_with_a_key_is_carried_out_once(dial: Dial) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    first = await socket.toggle(kettle, key=KEY)
    await sync_to_async(turn_off)(kettle)
    again = await socket.toggle(kettle, key=KEY, at=timezone.now().isoformat())
    other = await socket.toggle(heater, key=KEY)

    assert "replayed" not in first
    assert without(again, "id", "replayed") == without(first, "id")
    assert again["replayed"] is True
    assert other["problem"]["code"] == "idempotency_key_reused"
    assert await sync_to_async(load_of)(home) == 0


async def test_one_key_sent_many_times_at_once_is_carried_out_once_and_answered_the_same(dial: Dial) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    before = await sync_to_async(revision_of)(home)

    for _ in range(5):
        await socket.say("toggle", kettle, is_on=True, key=KEY)
        await socket.say("toggle", heater, is_on=True)
    answers = [await socket.answer() for _ in range(10)]

    with_key = [without(one, "id", "replayed") for one in answers[::2]]
    assert all(one == with_key[0] for one in with_key)
    assert [one.get("replayed") for one in answers[::2]] == [None, True, True, True, True]
    assert await sync_to_async(revision_of)(home) == before + 2
    assert len(await rows(Answered)) == 1


async def test_a_refusal_under_a_key_is_recorded_once(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()
    oven = await sync_to_async(an_appliance)(home, "Oven", watts=6000)
    socket = await dial(path_of(home), owner)

    first, second = await socket.toggle(oven, key=KEY), await socket.toggle(oven, key=KEY)

    assert first["problem"] == second["problem"]
    assert second["replayed"] is True
    assert len(await rows(Decision, outcome=Outcome.REFUSED)) == 1


async def test_what_was_wrong_leaves_nothing_under_its_key(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    assert not (await socket.toggle(Appliance(pk=999_999), key=KEY))["ok"]
    assert (await socket.toggle(kettle, key=KEY))["ok"]


async def test_commands_are_carried_out_and_answered_in_the_order_they_came(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    for number in range(24):
        await socket.say(*("fit", kettle) if number % 3 == 2 else ("toggle", kettle), **_state(number))
    answers = [await socket.answer() for _ in range(24)]

    assert [one["id"] for one in answers] == list(range(1, 25))
    assert [one["changed"] for one in answers if "changed" in one] == [True] * 16
    done = [row.load_after for row in await rows(Decision, subject_id=kettle.pk) if row.requested]
    assert done == [2000, 0] * 8
    looks = [one["appliance"]["is_on"] for one in answers if "fits" in one]
    assert looks == [False] * 8, "a look comes after what was said before it, and before what was said after it"


def _state(number: int) -> dict[str, Any]:
    return {} if number % 3 == 2 else {"is_on": number % 3 == 0}


async def test_the_pushes_go_on_beside_the_answers_and_lead_to_what_is(dial: Dial) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    socket, watcher = await dial(path_of(home), owner), await dial(path_of(home), owner)
    state, watched = await socket.told(), await watcher.told()

    for number in range(10):
        await socket.say("toggle", (kettle, heater)[number % 2], is_on=number % 4 < 2)
    newest, answers = state["revision"] + 10, []
    while state["revision"] < newest or len(answers) < 10:
        message = await socket.receive_json_from(5)
        if message["type"] == "answer":
            answers.append(message)
        elif message["type"] == "change":
            assert message["previous"] == state["revision"]
            state = applied(state, message)
    while watched["revision"] < newest:
        watched = applied(watched, await watcher.told())

    fresh = await (await dial(path_of(home), owner)).told()
    assert state == watched == fresh
    assert [one["revision"] for one in answers] == list(range(newest - 9, newest + 1))
    assert all(one["load"]["revision"] >= one["revision"] for one in answers)


def applied(state: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The state as a client keeps it."""
    new = {**state, **{name: value for name, value in change.items() if name in state}, "type": "state"}
    told = {one["id"]: one for one in change["appliances"]}
    new["appliances"] = [told.get(one["id"], one) for one in state["appliances"]]
    circuits = {one["id"]: one for one in change["load"]["circuits"]}
    new["load"] = {
        **change["load"],
        "circuits": [circuits.get(one["id"], one) for one in state["load"]["circuits"]],
    }
    return new


async def test_the_record_names_the_token_or_the_person(dial: Dial) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    browser = Client()
    await sync_to_async(browser.force_login)(owner)

    await (await dial(path_of(home), owner)).toggle(kettle)
    await (await dial(path_of(home), client=browser)).toggle(heater)

    by_token, by_person = (await rows(Decision, home=home))[-2:]
    token = (await rows(type(owner.tokens.model()), user=owner))[0]
    assert (by_token.actor, by_token.actor_id) == ("token", token.pk)
    assert (by_person.actor, by_person.actor_id, by_person.actor_name) == ("person", owner.pk, owner.get_username())


async def test_another_home_of_ones_own_is_not_reached_through_this_one(dial: Dial) -> None:
    owner, home, *_ = await a_furnished_home()
    elsewhere = await sync_to_async(a_home)(owner=owner)
    lamp = await sync_to_async(an_appliance)(elsewhere)
    socket = await dial(path_of(home), owner)

    for action, more in [("toggle", {"is_on": True}), ("swap", {"off": []}), ("wait", {}), ("fit", {})]:
        assert (await socket.ask(action, lamp, **more))["problem"]["code"] == "not_found", action
    assert await sync_to_async(load_of)(elsewhere) == 0


async def test_what_was_done_is_told_as_done_though_the_appliance_is_gone(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    run = together.run

    def run_and_remove(steps: Any) -> Any:
        jobs = run(steps)
        appliance.remove(appliance_id=kettle.pk, by=actor.SYSTEM, now=timezone.now())
        # As another process did it: what this one knows of the home is newer by then.
        known.forget()
        return jobs

    monkeypatch.setattr(together, "run", run_and_remove)
    answer = await socket.toggle(kettle)

    assert answer["problem"]["code"] == "removed_since"
    assert [row.action for row in await rows(Decision, home=home)][-2:] == ["switch_on", "remove_appliance"]


async def test_many_homes_are_each_told_of_their_own(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    elsewhere = await sync_to_async(a_home)(owner=owner, limit_watts=1000)
    lamp = await sync_to_async(an_appliance)(elsewhere, watts=10)
    sockets = [await dial(path_of(one), owner) for one in (home, elsewhere)]

    for socket, row in zip(sockets, (kettle, lamp), strict=True):
        await socket.say("toggle", row, is_on=True)
    answers = [await socket.answer() for socket in sockets]

    assert [one["load"]["load_watts"] for one in answers] == [2000, 10]
    assert [one["load"]["home"] for one in answers] == [home.slug, elsewhere.slug]
    assert await sync_to_async(verifying.differences)() == []


async def test_where_something_breaks_everybody_is_told_and_the_next_is_served(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)

    def broken(_calls: Any) -> None:
        raise RuntimeError("a secret")

    with monkeypatch.context() as patch:
        patch.setattr(together, "run", broken)
        answer = await socket.toggle(kettle)

    assert answer["problem"]["code"] == "internal"
    assert "a secret" not in json.dumps(answer)
    assert "a secret" in caplog.text
    assert (await socket.toggle(kettle))["ok"]


async def test_sockets_of_pages_take_no_commands(dial: Dial) -> None:
    owner, home, kettle, _heater = await a_furnished_home()
    browser = Client()
    await sync_to_async(browser.force_login)(owner)
    page = await dial(f"/ws/homes/{home.slug}/", client=browser)
    await page.receive_from(5)

    await page.say("toggle", kettle, is_on=True)
    await (await dial(path_of(home), owner)).ask("fit", kettle)

    assert await sync_to_async(load_of)(home) == 0


def test_what_is_told_of_actions_is_what_is_taken() -> None:
    taken = {one.model_fields["action"].annotation.__args__[0] for one in asked.Command.__args__}
    assert taken == set(asked.ACTIONS)
