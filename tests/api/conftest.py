"""A furnished flat, and callers of its API."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from appliances.models import Appliance, Circuit, Home, User
from tests.builders import a_circuit, a_home, a_person, a_token, an_appliance, main_of

ROOT = "/api/v1"


class Caller(Client):
    """An automation with a bearer token; paths are below /api/v1, bodies are Python or, as text, sent as they are."""

    def __init__(self, user: User | None = None) -> None:
        headers = {"authorization": f"Bearer {a_token(user)[1]}"} if user else None
        super().__init__(headers=headers)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = b"" if body is None else body if isinstance(body, str | bytes) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.generic(method.upper(), f"{ROOT}{path}", sent, "application/json", headers=named)


@dataclass(frozen=True)
class Flat:
    """Main 5000 W; on it the kitchen with 3600 W. On are the oven, 2400 W, and the heater, 1500 W."""

    owner: User
    home: Home
    main: Circuit
    kitchen: Circuit
    oven: Appliance
    heater: Appliance
    kettle: Appliance
    lamp: Appliance


@pytest.fixture
def flat(db: None) -> Flat:
    owner = a_person("ada")
    home = a_home("Harbour flat", owner=owner)
    kitchen = a_circuit(home, "Kitchen", limit_watts=3600)
    return Flat(
        owner,
        home,
        main_of(home),
        kitchen,
        an_appliance(home, "Oven", watts=2400, at=kitchen, on=True),
        an_appliance(home, "Heater", watts=1500, on=True, priority=2),
        an_appliance(home, "Kettle", watts=2200, at=kitchen),
        an_appliance(home, "Lamp", watts="0.5"),
    )


@pytest.fixture
def lamp(db: None) -> Appliance:
    """All there is in a home, where that is enough: 0.5 W, off."""
    return an_appliance(a_home("Hut"), "Lamp", watts="0.5")


@pytest.fixture
def patch(lamp: Appliance) -> Callable[[Any], Any]:
    """Sends a change of the lamp."""
    caller = Caller(a_person(home=lamp.home))
    return lambda body: caller.ask("patch", f"/appliances/{lamp.pk}", body)


@pytest.fixture
def api(flat: Flat) -> Caller:
    return Caller(flat.owner)


@pytest.fixture
def ask(api: Caller) -> Callable[..., Any]:
    return api.ask


def code_of(answer: Any) -> str:
    """The code of a problem, once it is certain that it is one."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"].startswith(f"{ROOT}/docs#")
    return str(problem["code"])
