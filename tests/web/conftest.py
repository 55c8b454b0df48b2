"""A signed-in owner of a furnished home."""

from typing import Any

import pytest
from django.test import Client

from tests.builders import a_circuit, a_home, a_person, an_appliance

HTMX = {"HX-Request": "true"}


@pytest.fixture
def flat(db: None) -> dict[str, Any]:
    owner = a_person("ada")
    home = a_home("Harbour flat", owner=owner)
    kitchen = a_circuit(home, "Kitchen", limit_watts=3600)
    return {
        "owner": owner,
        "home": home,
        "kitchen": kitchen,
        "oven": an_appliance(home, "Oven", watts=2400, at=kitchen, on=True),
        "heater": an_appliance(home, "Heater", watts=1500, on=True, priority=2),
        "kettle": an_appliance(home, "Kettle", watts=2200, at=kitchen),
    }


@pytest.fixture
def browser(client: Client, flat: dict[str, Any]) -> Client:
    client.force_login(flat["owner"])
    return client
