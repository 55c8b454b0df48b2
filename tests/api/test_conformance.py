"""Whatever is sent, the answer is one that the OpenAPI document promises, and never a fault of ours.

VOLTSAFE_EXAMPLES=500 sends that many requests to each operation instead of a few.
"""

import copy
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from appliances.api import document
from appliances.models import Appliance, Circuit, TemporaryLimit
from appliances.services.verifying import differences
from tests.api.conftest import Flat
from tests.builders import a_token

EXAMPLES = int(os.environ.get("VOLTSAFE_EXAMPLES", "12"))
pytestmark = pytest.mark.timeout(120 + EXAMPLES)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
OPERATIONS = {
    operation["operationId"]: (path, method)
    for path, methods in document.document()["paths"].items()
    for method, operation in methods.items()
}


def about(flat: Flat) -> dict[str, Any]:
    """The document with the ids of what is there: made up ones would find nothing, and test nothing."""
    of = copy.deepcopy(document.document())
    appliances = [*Appliance.objects.order_by("id").values_list("id", flat=True), 2**63 - 1]
    circuits = [*Circuit.objects.order_by("id").values_list("id", flat=True), 2**63 - 1]
    limits = [*TemporaryLimit.objects.order_by("id").values_list("id", flat=True), 2**63 - 1]
    known = {"slug": [flat.home.slug], "appliance_id": appliances, "circuit_id": circuits, "limit_id": limits}
    for methods in of["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"]["enum"] = known[parameter["name"]]
    schemas = of["components"]["schemas"]
    for name, field in (("ApplianceToAdd", "circuit_id"), ("ApplianceToChange", "circuit_id")):
        schemas[name]["properties"][field]["enum"] = circuits
    schemas["CircuitToAdd"]["properties"]["parent_id"]["enum"] = circuits
    schemas["CircuitToChange"]["properties"]["parent_id"]["enum"] = [*circuits, None]
    for name, field in (("Swap", "off"), ("ToPlan", "on"), ("ToPlan", "off")):
        schemas[name]["properties"][field]["items"]["enum"] = appliances
    return of


@pytest.fixture
def app() -> Iterator[WSGIHandler]:
    """The product as a server runs it, but on the test's connection, which stays open between requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("path", "method"), OPERATIONS.values(), ids=OPERATIONS)
def test_every_answer_is_as_documented(flat: Flat, app: WSGIHandler, path: str, method: str) -> None:
    operation = schemathesis.openapi.from_dict(about(flat))[path][method]
    _row, token = a_token(flat.owner)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def ask(case: Case) -> None:
        case.call_and_validate(app=app, headers=headers, checks=CHECKS)

    ask()

    assert list(differences()) == []
