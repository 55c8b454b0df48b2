"""Every role on every operation of the OpenAPI document."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from appliances.api import document
from appliances.models.membership import Role
from appliances.services import actor, limits, ordering
from appliances.services.access import GRANTS
from tests.access_matrix.declared import API, BODIES
from tests.api.conftest import Caller, Flat, code_of
from tests.builders import a_circuit, a_person


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
    assert {name for name, _method, _path in ALL} == API.keys()


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
        needed = API[name]
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
