"""The home these specifications speak of, and a seat at its sockets."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from appliances.models import Appliance, Circuit, Home, User
from tests.builders import a_circuit, a_home, a_person, an_appliance
from tests.live.conftest import dial as dial_and_hang_up

__all__ = ["dial_and_hang_up"]


@dataclass(frozen=True)
class Flat:
    """A supply of 5000 W, a kitchen of 3000 W, an annex of 2000 W. Heater and oven are on: 4000 W together."""

    owner: User
    home: Home
    kitchen: Circuit
    annex: Circuit
    heater: Appliance
    oven: Appliance
    kettle: Appliance


def a_flat() -> Flat:
    owner = a_person()
    home = a_home("Flat", owner=owner, limit_watts=5000)
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    return Flat(
        owner=owner,
        home=home,
        kitchen=kitchen,
        annex=a_circuit(home, "Annex", limit_watts=2000),
        heater=an_appliance(home, "Heater", watts=1600, on=True),
        oven=an_appliance(home, "Oven", watts=2400, at=kitchen, on=True),
        kettle=an_appliance(home, "Kettle", watts=1200, at=kitchen),
    )


@pytest.fixture
async def dial(dial_and_hang_up: Callable[..., Any]) -> AsyncIterator[Callable[..., Any]]:
    """`await dial(path, person)` takes a seat at a home's socket; what async tests ask the database ends with them."""
    yield dial_and_hang_up
    await sync_to_async(connections.close_all)()


@pytest.fixture
def flat() -> Flat:
    return a_flat()
