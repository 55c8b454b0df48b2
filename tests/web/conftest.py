"""A signed-in owner of a furnished home."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from appliances.web import signing
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


class Clock:
    """The time at which tries are counted; it stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = timezone.now()

    def now(self) -> datetime:
        return self.at

    def pass_by(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(signing, "timezone", clock)
    return clock


@pytest.fixture
def _nothing_used() -> None:
    """django-allauth remembers the codes that were used here, and people of another test have the same number."""
    cache.clear()


@pytest.fixture
def browser(client: Client, flat: dict[str, Any]) -> Client:
    client.force_login(flat["owner"])
    return client
