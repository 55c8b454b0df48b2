"""Lists page by page, whatever is added meanwhile."""

import base64
from typing import Any

import pytest

from tests.api.conftest import Flat
from tests.builders import a_circuit, a_home, an_appliance, turn_off, turn_on

LISTS = ("/homes", "/homes/harbour-flat/appliances", "/homes/harbour-flat/circuits", "/homes/harbour-flat/decisions")


def pages(ask: Any, path: str, limit: int, between: Any = lambda: None) -> list[list[dict[str, Any]]]:
    found, cursor = [], ""
    while True:
        answer = ask("get", f"{path}?limit={limit}{cursor}").json()
        found.append(answer["items"])
        if answer["next"] is None:
            return found
        cursor = f"&cursor={answer['next']}"
        between()


@pytest.mark.parametrize("path", LISTS)
def test_all_pages_together_are_the_whole_list(ask: Any, flat: Flat, path: str) -> None:
    for number in range(3):
        a_home(f"Home {number}", owner=flat.owner)
        a_circuit(flat.home, f"Circuit {number}")
    whole = ask("get", path).json()["items"]

    for limit in (1, 2, len(whole), 200):
        found = pages(ask, path, limit)
        assert [one for page in found for one in page] == whole
        assert all(len(page) == limit for page in found[:-1])
        assert found[-1]


def test_appliances_added_meanwhile_come_last(ask: Any, flat: Flat) -> None:
    names = iter(("A1", "A2", "A3", "A4", *(f"B{n}" for n in range(50))))
    added: list[str] = []

    def add() -> None:
        if len(added) < 2:
            added.append(next(names))
            an_appliance(flat.home, added[-1])

    found = pages(ask, "/homes/harbour-flat/appliances", 1, add)

    assert [page[0]["name"] for page in found] == ["Oven", "Heater", "Kettle", "Lamp", "A1", "A2"]


def test_decisions_taken_meanwhile_move_nothing(ask: Any, flat: Flat) -> None:
    switched = iter([turn_on, turn_off] * 20)

    found = pages(ask, "/homes/harbour-flat/decisions", 2, lambda: next(switched)(flat.lamp))

    assert [one["revision"] for page in found for one in page] == list(range(9, 0, -1))


def test_decisions_come_newest_first(ask: Any, flat: Flat) -> None:
    turn_on(flat.lamp)

    newest = ask("get", "/homes/harbour-flat/decisions").json()["items"][0]

    assert newest["subject"] == {"kind": "appliance", "id": flat.lamp.pk, "name": "Lamp"}
    assert newest["text"] == "Lamp on, 0.5\u202fW."
    assert (newest["requested_watts"], newest["load_before_watts"]) == (0.5, 3900)


def sealed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


BAD_CURSORS = (
    *("x", "%00", "ä", "a" * 5000, sealed("appliances:1") + "="),
    *map(sealed, ("homes:1", "5", "appliances:", "appliances:0", "appliances:-1", "appliances:01", "appliances:٣")),
    sealed(f"appliances:{2**63}"),
)
BAD_LIMITS = ("0", "201", "-1", "1.0", "x", "", "%201", "1_0", "9" * 5000, "٣")


def test_a_cursor_that_is_none_is_refused(ask: Any) -> None:
    for cursor in BAD_CURSORS:
        answer = ask("get", f"/homes/harbour-flat/appliances?cursor={cursor}")
        assert answer.status_code == 422, cursor
        assert list(answer.json()["errors"]) == ["cursor"]


def test_a_limit_is_from_1_to_200(ask: Any) -> None:
    for limit in BAD_LIMITS:
        answer = ask("get", f"/homes?limit={limit}")
        assert answer.status_code == 422, limit
        assert list(answer.json()["errors"]) == ["limit"]


def test_fifty_unless_told(ask: Any, flat: Flat) -> None:
    for number in range(50):
        an_appliance(flat.home, f"Lamp {number}", watts=1)

    assert len(ask("get", "/homes/harbour-flat/appliances").json()["items"]) == 50
