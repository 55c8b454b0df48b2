"""Every role on every operation of the OpenAPI document."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from appliances.api import document
from appliances.models.membership import Role
from appliances.services import actor, limits, ordering
from appliances.services.access import GRANTS, May
from tests.api.conftest import Caller, Flat, code_of
from tests.builders import a_circuit, a_person

NEEDED: dict[str, May | None] = {
    "list_homes": None,
    "add_home": None,
    "show_home": May.LOOK,
    "show_load": May.LOOK,
    "change_home": May.CONFIGURE,
    "list_appliances": May.LOOK,
    "show_appliance": May.LOOK,
    "check_fit": May.LOOK,
    "check_plan": May.LOOK,
    "switch_appliance": May.SWITCH,
    "swap_appliances": May.SWITCH,
    "add_appliance": May.EDIT,
    "change_appliance": May.EDIT,
    "remove_appliance": May.EDIT,
    "list_circuits": May.LOOK,
    "show_circuit": May.LOOK,
    "add_circuit": May.CONFIGURE,
    "change_circuit": May.CONFIGURE,
    "remove_circuit": May.CONFIGURE,
    "list_decisions": May.LOOK,
    "wait_for_room": May.SWITCH,
    "cancel_wait": May.SWITCH,
    "show_waitlist": May.LOOK,
    "list_limits": May.LOOK,
    "show_limit": May.LOOK,
    "add_limit": May.CONFIGURE,
    "remove_limit": May.CONFIGURE,
    "show_order": May.LOOK,
    "change_order": May.EDIT,
    "show_controller": May.LOOK,
    "change_controller": May.CONFIGURE,
}
"""What a role must be allowed for each operation; None: whoever is signed in."""

BODIES: dict[str, Any] = {
    "add_home": {"name": "Cabin"},
    "change_home": {"name": "Other"},
    "switch_appliance": {"is_on": True},
    "swap_appliances": {"off": []},
    "check_plan": {"on": []},
    "add_appliance": {"name": "Fan", "rated_watts": 45},
    "change_appliance": {"note": "New."},
    "add_circuit": {"name": "Garage", "limit_watts": 3680},
    "change_circuit": {"name": "Other"},
    "wait_for_room": {},
    "add_limit": {"limit_watts": 4200, "ends_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
    "change_order": {"order": []},
    "change_controller": {"mode": "observing"},
}


def operations() -> Iterator[tuple[str, str, str]]:
    prefix = "/api/v1"
    for path, methods in document.document()["paths"].items():
        for method, operation in methods.items():
            yield operation["operationId"], method, path.removeprefix(prefix)


ALL = sorted(operations())


@pytest.fixture
def addresses(flat: Flat) -> dict[str, str]:
    """Where each operation finds something that it would succeed with."""
    empty = a_circuit(flat.home, "Empty")
    values = {"{slug}": flat.home.slug, "{appliance_id}": str(flat.lamp.pk), "{circuit_id}": str(empty.pk)}
    limit = {"limit": Decimal(4900), "ends_at": datetime.now(UTC) + timedelta(hours=1)}
    made = limits.add(home_id=flat.home.pk, wanted=limit, by=actor.SYSTEM, now=datetime.now(UTC))
    values["{limit_id}"] = str(made.subject_id)
    BODIES["change_order"] = {"order": ordering.current(flat.home.appliances.all())}
    found = {}
    for name, _method, path in ALL:
        for placeholder, value in values.items():
            path = path.replace(placeholder, value)  # noqa: PLW2901
        found[name] = path
    return found


def test_the_table_has_every_operation() -> None:
    assert {name for name, _method, _path in ALL} == NEEDED.keys()


def test_nobody_is_let_in(addresses: dict[str, str]) -> None:
    for name, method, _path in ALL:
        answer = Caller().ask(method, addresses[name], BODIES.get(name))
        assert answer.status_code == 401, name
        assert code_of(answer) == "not_signed_in"


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_a_role_does_what_it_may_and_nothing_else(addresses: dict[str, str], flat: Flat, role: Role | None) -> None:
    caller = Caller(a_person(home=flat.home, role=role) if role else a_person())
    last = ("remove_appliance", "remove_circuit", "remove_limit")

    for name, method, _path in sorted(ALL, key=lambda one: (one[0] in last, one[0] != "change_order")):
        answer = caller.ask(method, addresses[name], BODIES.get(name))
        needed = NEEDED[name]
        if needed is None:
            assert answer.status_code in {200, 201}, name
        elif role is None:
            assert answer.status_code == 404, name
            assert code_of(answer) == "not_found"
        elif needed in GRANTS[role]:
            assert answer.status_code in {200, 201, 204}, (name, answer.content)
        else:
            assert answer.status_code == 403, name
            assert code_of(answer) == "forbidden"
