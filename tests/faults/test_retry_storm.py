"""One request sent fifty times at once under one key, as a stuck client does: done once, answered alike."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from tests.faults import place
from tests.faults.looking import revision
from tests.faults.place import Place
from tests.faults.scale import TORTURE

STORM = 50
ROUNDS = 3 * TORTURE


def test_it_is_done_once_and_answered_alike(flat: Place, figure: Callable[[str], None]) -> None:
    pk = flat.home["appliances"][0]
    with place.serving(flat) as one, place.serving(flat, VOLTSAFE_CONTROLLER="0") as other:

        def send(number: int, key: str, *, on: bool) -> tuple[int, str, bool]:
            headers = {"Authorization": f"Bearer {flat.home['tokens'][0]}", "Content_Type": "application/json"}
            door, body = (one, other)[number % 2], json.dumps({"is_on": on})
            status, told, text = door.ask(
                "POST", f"/api/v1/appliances/{pk}/toggle", body, Idempotency_Key=key, **headers
            )
            return status, text, "Idempotent-Replayed" in told

        revisions = [revision(flat)]
        for number in range(ROUNDS):
            on = number % 2 == 0
            with ThreadPoolExecutor(STORM) as crowd:
                told = list(crowd.map(lambda who, on=on, key=f"key {number}": send(who, key, on=on), range(STORM)))
            assert {(status, text) for status, text, _again in told} == {(200, told[0][1])}
            assert sorted(again for *_rest, again in told) == [False] + [True] * (STORM - 1)
            revisions.append(revision(flat))

    assert [after - before for before, after in pairwise(revisions)] == [1] * ROUNDS
    flat.assert_verified()
    figure(
        f"20 retry storm: the same request {STORM} times at once at two processes, {ROUNDS} times: "
        f"1 decision and {STORM} equal answers each"
    )
