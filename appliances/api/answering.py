"""How JSON leaves: exact numbers, readable text, and where it can be cached, its revision."""

import json as encoding
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appliances.api import etags
from appliances.models import Home
from appliances.presentation import problems, snapshot
from appliances.presentation.exact import Json
from appliances.presentation.problems import Kind
from appliances.presentation.snapshot import Snapshot

OK = 200
JSON = "application/json"


def text(content: Any) -> str:
    return encoding.dumps(content, ensure_ascii=False, separators=(",", ":"))


def sent(text: str) -> bytes:
    # Half a surrogate pair, quoted back from a request, has no UTF-8; JSON has an escape for it.
    return text.encode("utf-8", "backslashreplace")


def json(content: Any, status: int = OK, media_type: str = JSON) -> HttpResponse:
    return HttpResponse(sent(text(content)), status=status, content_type=media_type)


def problem(request: HttpRequest, kind: Kind, detail: str = "", **more: Any) -> HttpResponse:
    """`more` are the members that its kind adds."""
    document = problems.document(kind, detail, request.path, more)
    response = json(document, status=kind.status, media_type=problems.MEDIA_TYPE)
    for name, value in besides(kind).items():
        response[name] = value
    return response


def besides(kind: Kind) -> dict[str, str]:
    """The headers that a problem of this kind has."""
    if kind is problems.NOT_SIGNED_IN:
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(problems.RETRY_SECONDS)} if problems.is_passing(kind) else {}


def created(content: Json, location: str) -> HttpResponse:
    response = json(content, status=201)
    response["Location"] = location
    return response


def deleted() -> HttpResponse:
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


def shown(request: HttpRequest, home: Home, shape: Callable[[Snapshot], Json]) -> HttpResponse:
    """The home's newest state in this shape; 304 without reading it where the asker has this revision already."""
    now = timezone.now()
    etag = etags.of_home(home, now)
    if etags.is_known(request, etag):
        return etags.not_modified(etag)
    at = snapshot.of(home, now)
    response = json(shape(at))
    response["ETag"] = etag if at.home.revision == home.revision else etags.of_home(at.home, now)
    return response
