"""The OpenAPI document and the page that shows it to people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from appliances.api import answering, authentication, document, etags
from appliances.models import Home
from appliances.presentation import problems
from appliances.presentation.exact import Json
from appliances.services.access import Asker


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    required: bool
    text: SafeString


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: SafeString
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    text: SafeString
    fields: tuple[Field, ...]
    curl: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    text: str
    operations: tuple[Operation, ...]


@require_safe
def show_document(request: HttpRequest) -> HttpResponse:
    if _asker(request) is None:
        return answering.problem(request, problems.NOT_SIGNED_IN)
    etag = etags.of_text(document.as_text())
    if etags.is_known(request, etag):
        return etags.not_modified(etag)
    response = answering.json(document.document())
    response["ETag"] = etag
    return response


@require_safe
def show_documentation(request: HttpRequest) -> HttpResponse:
    """The one page here, for people: whoever is not signed in is asked to."""
    asker = _asker(request)
    if asker is None:
        return redirect_to_login(request.get_full_path())
    home = Home.objects.filter(memberships__user=asker.user).order_by("name", "id").first()
    origin = request.build_absolute_uri("/").rstrip("/")
    values = {"slug": home.slug if home else "my-home", "appliance_id": "1", "circuit_id": "1"}
    context = {
        "about": [marked(text) for text in document.document()["info"]["description"].split("\n\n")],
        "sections": sections(document.document(), origin, values),
        "problems": [(kind, marked(kind.meaning)) for kind in problems.KINDS],
        "username": asker.user.get_username() if asker.user else "",
        "tokens_url": reverse("tokens"),
        "document_url": reverse("api:show_document"),
    }
    return render(request, "appliances/api_docs.html", context)


def _asker(request: HttpRequest) -> Asker | None:
    found = (scheme(request) for scheme in authentication.EITHER)
    return next((asker for asker in found if asker is not None), None)


def marked(text: str) -> SafeString:
    """What stands between backticks as code."""
    parts = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", part) if n % 2 else part,) for n, part in parts))


def sections(of: Json, origin: str, values: dict[str, str]) -> tuple[Section, ...]:
    """The document as the page shows it; its examples ask `origin` for the things in `values`."""
    found = [
        (operation["tags"][0], _operation(of, method, path, operation, origin + _filled(path, values)))
        for path, methods in of["paths"].items()
        for method, operation in methods.items()
    ]
    return tuple(
        Section(tag["name"].capitalize(), tag["description"], tuple(one for name, one in found if name == tag["name"]))
        for tag in of["tags"]
    )


def _operation(of: Json, method: str, path: str, operation: Json, url: str) -> Operation:
    body = _resolved(of, operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"))
    return Operation(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        marked(operation.get("description", "")),
        (*_parameters(operation), *_fields(body)),
        _curl(method.upper(), url, body.get("examples", [None])[0]),
        tuple(_answer(status, response) for status, response in sorted(operation["responses"].items())),
    )


def _answer(status: str, response: Json) -> Answer:
    examples = [one["example"] for one in response.get("content", {}).values() if "example" in one]
    shown = json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""
    return Answer(status, marked(response["description"]), shown)


def _parameters(operation: Json) -> Iterator[Field]:
    for one in operation["parameters"]:
        text = marked(one.get("description", ""))
        yield Field(one["name"], f"{_type(one['schema'])} in the {one['in']}", one["required"], text)


def _fields(body: Json) -> Iterator[Field]:
    for name, schema in body.get("properties", {}).items():
        yield Field(name, _type(schema), name in body.get("required", ()), marked(schema.get("description", "")))


def _type(schema: Json) -> str:
    """What to send, in few words."""
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    low, high = schema.get("minimum"), schema.get("maximum")
    if schema.get("type") == "integer" and high is not None and high < 2**31:
        return f"{low} to {high}"
    return str(schema.get("type", ""))


def _resolved(of: Json, schema: Json | None) -> Json:
    if schema is None:
        return {}
    name = schema.get("$ref", "").rpartition("/")[2]
    return of["components"]["schemas"][name] if name else schema


def _filled(path: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def _curl(method: str, url: str, body: Any) -> str:
    lines = ['curl -H "Authorization: Bearer $VOLTSAFE_TOKEN"']
    if method not in {"GET", "POST"}:
        lines[0] += f" -X {method}"
    if body is not None:
        lines.append(f"--json '{json.dumps(body)}'")
    return " \\\n  ".join([*lines, url])
