"""The OpenAPI 3.1 document of the API, made once a process: nothing in it depends on who asks."""

import json
from functools import cache
from typing import Any

from ninja.schema import NinjaGenerateJsonSchema
from pydantic.json_schema import models_json_schema

from appliances.api import changing, examples, schemas
from appliances.api.router import api
from appliances.presentation import problems
from appliances.presentation.exact import Json

TAGS = {
    "homes": "What you belong to, and how full it is.",
    "appliances": "What is plugged in where, and what it may draw.",
    "switching": "The decisions: on, off, instead of, and would it fit.",
    "circuits": "Breakers: what each carries, and what feeds what.",
    "balancing": "What VoltSafe does by itself: who waits, what holds for a while, who is kept on longest.",
    "record": "Everything that was decided, and the numbers it was decided on.",
}

CHANGE_NOTHING = {"check_plan"}
"""Operations that ask by POST only because what they ask is long."""

IN_THE_ADDRESS = ("Paging", "RecordFilter")
"""What is no body: its fields stand with the operations, as parameters."""

REFERENCE = "#/components/schemas/{model}"


@cache
def document() -> Json:
    made: Json = json.loads(json.dumps(api.get_openapi_schema()))
    made["components"]["schemas"] |= _schemas_of_anywhere()
    for name in IN_THE_ADDRESS:
        del made["components"]["schemas"][name]
    made["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    made["servers"] = [{"url": "/"}]
    for path in made["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    return made


@cache
def as_text() -> str:
    return json.dumps(document())


def _schemas_of_anywhere() -> dict[str, Any]:
    listed: list[Any] = [(model, "serialization") for model in schemas.ANYWHERE]
    _keys, found = models_json_schema(listed, ref_template=REFERENCE, schema_generator=NinjaGenerateJsonSchema)
    defined: dict[str, Any] = found["$defs"]
    return defined


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Say what is the same everywhere: the tag of an answer, where what was made is, when to come again."""
    responses = operation["responses"]
    if method == "get":
        operation["parameters"].append(IF_NONE_MATCH)
        responses["304"] = {"description": "The asker has the newest already."}
        responses["200"]["headers"] = responses["304"]["headers"] = {"ETag": ETAG}
    for status in HEADERS.keys() & responses.keys():
        responses[status]["headers"] = dict(HEADERS[status])
    if method != "get" and operation["operationId"] not in CHANGE_NOTHING:
        _may_be_rehearsed(operation)
        if method == "post":
            _may_be_repeated(operation)
    if f"`{problems.INSTALLER_CODE_REQUIRED.code}`" in responses.get("403", {}).get("description", ""):
        operation["parameters"].append(INSTALLER_CODE)
    of_refusal = responses.get("403", {}).get("content", {}).get(problems.MEDIA_TYPE, {})
    if "Refusal" in json.dumps(of_refusal):
        of_refusal["example"] = examples.REFUSED


def _may_be_rehearsed(operation: dict[str, Any]) -> None:
    """Whatever changes something can be asked what it would change."""
    operation["parameters"].append(DRY_RUN)
    done = operation["responses"].setdefault("200", {"description": ""})
    done["description"] = f"{done['description']} With `dry_run=true`: what would be done.".strip()
    _or_else(done.setdefault("content", {}).setdefault("application/json", {}), schemas.Rehearsal.__name__)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _may_be_repeated(operation: dict[str, Any]) -> None:
    operation["parameters"].append(IDEMPOTENCY_KEY)
    responses = operation["responses"]
    for status in {"200", "201", "403"} & responses.keys():
        responses[status].setdefault("headers", {})[changing.REPLAYED] = REPLAYED
    responses["422"]["description"] += f" `{problems.KEY_REUSED.code}`: {problems.KEY_REUSED.meaning}"
    _or_else(responses["422"]["content"][problems.MEDIA_TYPE], problems.KEY_REUSED.schema)


def _or_else(content: dict[str, Any], model: str) -> None:
    """Let what is answered be this as well."""
    other = {"$ref": REFERENCE.format(model=model)}
    said = content.get("schema")
    known = [] if said is None else said.get("anyOf", [said])
    content["schema"] = {"anyOf": [*known, other]} if known else other


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}


ETAG = _header("Changes whenever the answer does.")
HEADERS = {
    "201": {"Location": _header("The address of what was made.")},
    "401": {"WWW-Authenticate": _header("Bearer.")},
    "429": {"Retry-After": _header("Seconds to wait before asking again.")},
    "503": {"Retry-After": _header("Seconds to wait before asking again.")},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the answer you have.",
    "schema": {"type": "string"},
}
DRY_RUN = {
    "name": changing.DRY_RUN,
    "in": "query",
    "required": False,
    "description": "true: decide, answer what would be recorded, and leave everything as it is.",
    "schema": {"type": "boolean", "default": False},
}
IDEMPOTENCY_KEY = {
    "name": changing.KEY,
    "in": "header",
    "required": False,
    "description": "A text of yours, new for each request, such as a UUID. Sent again within a day, the request is "
    "answered as before and not carried out again.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": changing.LONGEST_KEY,
        "pattern": "^[ -~]+$",
    },
}
INSTALLER_CODE = {
    "name": changing.INSTALLER_CODE,
    "in": "header",
    "required": False,
    "description": "The home's installer code, where it has one and this raises a limit or changes circuits.",
    "schema": {"type": "string"},
}
REPLAYED = _header("true: this is the answer that was given before to the same key; nothing was done again.")
