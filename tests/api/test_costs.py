"""What an answer costs the database, pinned."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Flat
from tests.builders import a_circuit, an_appliance

BOOKKEEPING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA")
"""Not counted: they read and write nothing."""


def cost(ask: Any, *request: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert ask(*request).status_code < 300
    return sum(not one["sql"].startswith(BOOKKEEPING) for one in asked)


def warm(ask: Any) -> None:
    """The first use of a token in a minute is noted, and the first request of a process asks who is there."""
    ask("get", "/homes")


def test_the_load_costs_seven(ask: Any, flat: Flat) -> None:
    warm(ask)

    assert cost(ask, "get", "/homes/harbour-flat/load") == 7


def test_lists_cost_the_same_however_long(ask: Any, flat: Flat) -> None:
    for number in range(10):
        an_appliance(flat.home, f"Lamp {number}", watts=1, at=a_circuit(flat.home, f"Circuit {number}"))
    warm(ask)

    assert cost(ask, "get", "/homes") == 2
    assert cost(ask, "get", "/homes/harbour-flat") == 7
    assert cost(ask, "get", "/homes/harbour-flat/load") == 7
    assert cost(ask, "get", "/homes/harbour-flat/appliances") == 7
    assert cost(ask, "get", "/homes/harbour-flat/circuits") == 7
    assert cost(ask, "get", "/homes/harbour-flat/decisions") == 5
    assert cost(ask, "get", f"/appliances/{flat.lamp.pk}") == 7
    assert cost(ask, "get", f"/appliances/{flat.kettle.pk}/fit") == 7


def test_a_switch_costs_fourteen(ask: Any, flat: Flat) -> None:
    warm(ask)

    assert cost(ask, "post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True}) == 14
    # What the home's mark vouches for is not read again; SQLite vouches for nothing inside a test's transaction.
    again = 8 if connection.vendor == "postgresql" else 11
    assert cost(ask, "post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True}) == again


def test_a_key_costs_six_more_and_its_repeat_two(ask: Any, flat: Flat) -> None:
    warm(ask)
    sent = ("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})

    def ask_with_key(*request: Any) -> Any:
        return ask(*request, Idempotency_Key="k")

    assert cost(ask_with_key, *sent) == 20
    assert cost(ask_with_key, *sent) == 2
