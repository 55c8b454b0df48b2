"""The OpenAPI document and the page that shows it."""

import json
import re
from typing import Any

import pytest
import schemathesis
from django.test import Client

from appliances.api import document, documentation
from appliances.presentation import problems
from tests.api.conftest import ROOT, Flat
from tests.builders import a_person


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    paths = document.document()["paths"]
    return [(path, method, one) for path, methods in paths.items() for method, one in methods.items()]


def test_the_document_is_valid_openapi() -> None:
    schemathesis.openapi.from_dict(document.document()).validate()


def test_the_document_needs_signing_in(flat: Flat, ask: Any) -> None:
    assert Client().get(f"{ROOT}/openapi.json").status_code == 401
    assert ask("get", "/openapi.json").json()["openapi"] == "3.1.0"


@pytest.mark.parametrize(("path", "method", "operation"), operations())
def test_every_operation_says_how_it_can_fail(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]

    assert {"401", "403", "422", "500", "503"} <= answers.keys()
    assert "404" in answers
    if method in {"post", "patch"}:
        assert {"400", "413"} <= answers.keys()
    for status in filter(lambda status: int(status) >= 400, answers):
        assert list(answers[status]["content"]) == ["application/problem+json"]
    assert operation["summary"]
    assert operation["tags"]
    assert operation["security"] == [{"Bearer": []}, {"Session": []}]


def test_everything_referred_to_is_there() -> None:
    of = document.document()
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(of)))

    assert names == of["components"]["schemas"].keys()


def test_examples_are_what_their_schema_says() -> None:
    import jsonschema_rs

    of = document.document()
    found = 0
    for _path, _method, operation in operations():
        for answer in operation["responses"].values():
            for media in answer.get("content", {}).values():
                if "example" in media:
                    validator = jsonschema_rs.validator_for({**media["schema"], "components": of["components"]})
                    validator.validate(media["example"])
                    found += 1
    assert found >= 6


def test_operations_are_named_once() -> None:
    names = [operation["operationId"] for _path, _method, operation in operations()]

    assert len(names) == len(set(names)) == 31


def test_the_page_asks_to_sign_in(flat: Flat) -> None:
    answer = Client().get(f"{ROOT}/docs")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in/?next={ROOT}/docs"


@pytest.fixture
def page(flat: Flat, client: Client) -> str:
    client.force_login(flat.owner)
    return client.get(f"{ROOT}/docs").content.decode()


def test_the_page_shows_every_operation_and_every_problem(page: str) -> None:
    for _path, _method, operation in operations():
        assert f'id="{operation["operationId"]}"' in page
    for kind in problems.KINDS:
        assert f'id="{kind.code}"' in page


def test_the_page_has_lines_to_try_with_ones_own_home(page: str) -> None:
    assert "http://testserver/api/v1/homes/harbour-flat/load" in page
    assert "--json &#x27;{&quot;is_on&quot;: true}&#x27;" in page


def test_the_page_keeps_to_the_content_security_policy(page: str) -> None:
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)", page)
    assert not re.search(r"\s(style|on\w+)=", page)


def test_the_page_works_for_who_has_no_home_yet(client: Client, db: None) -> None:
    client.force_login(a_person())

    assert "/api/v1/homes/my-home/load" in client.get(f"{ROOT}/docs").content.decode()


def test_backticks_mark_code_and_nothing_else_is_markup() -> None:
    assert documentation.marked("<b> `a < b` c") == "&lt;b&gt; <code>a &lt; b</code> c"


def test_a_problem_names_the_place_where_it_is_explained(page: str) -> None:
    answer = Client().get(f"{ROOT}/homes").json()

    assert answer["type"] == f"{ROOT}/docs#not_signed_in"
    assert 'id="not_signed_in"' in page
