"""Many sockets, and services beside them, onto one limit: never over it, every command answered once."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from appliances.models import Decision
from appliances.models.decision import Outcome
from appliances.services import verifying
from appliances.services.switching import switch
from tests.builders import a_home, a_person, an_appliance
from tests.live.conftest import Socket, dial  # noqa: F401
from tests.live.test_json_socket import path_of
from tests.races.crowd import at_once, decided
from tests.services.asking import BY
from tests.services.rows import load_of

pytestmark = pytest.mark.django_db(transaction=True)

SOCKETS, EACH = 6, 5


@sync_to_async
def a_crowded_home() -> Any:
    owner = a_person()
    home = a_home(owner=owner, limit_watts=5000)
    return owner, home, [an_appliance(home, watts=1000) for _ in range(SOCKETS * EACH)]


async def test_never_over_the_limit_and_each_is_answered_once(dial: Any) -> None:  # noqa: F811
    owner, home, heaters = await a_crowded_home()
    sockets: list[Socket] = [await dial(path_of(home), owner) for _ in range(SOCKETS)]
    beside = [partial(decided, partial(switch, appliance_id=row.pk, on=True, **BY)) for row in heaters[::7]]

    async def all_of(number: int) -> list[dict[str, Any]]:
        mine = heaters[number * EACH : (number + 1) * EACH]
        for row in mine:
            await sockets[number].say("toggle", row, is_on=True)
        return [await sockets[number].answer(30) for _ in mine]

    *answers, decisions = await asyncio.gather(*map(all_of, range(SOCKETS)), sync_to_async(at_once)(beside))

    for of_socket in answers:
        assert [one["id"] for one in of_socket] == list(range(1, EACH + 1))
    said = [one for of_socket in answers for one in of_socket]
    granted = sum(one["ok"] and one["changed"] for one in said)
    granted += sum(one is not None and one.outcome == Outcome.GRANTED for one in decisions)
    refused = Counter(one["problem"]["code"] for one in said if not one["ok"])
    assert granted == 5
    assert refused.keys() == {"capacity_exceeded"}
    assert max(one["load"]["load_watts"] for one in said if one["ok"]) <= 5000
    assert await sync_to_async(load_of)(home) == 5000
    assert await sync_to_async(verifying.differences)() == []
    recorded = await sync_to_async(Decision.objects.filter(home=home, outcome=Outcome.REFUSED).count)()
    assert recorded == refused.total() + sum(one is not None and one.outcome == Outcome.REFUSED for one in decisions)
    for socket in sockets:
        assert await socket.receive_nothing(0) or (await socket.receive_json_from())["type"] != "answer"
