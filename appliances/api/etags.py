"""Entity tags: what a home answers is told by its revision, so a poller that has it is not told again.

With its lineage: after a restore the same revision is reached anew, and may be another state.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import get_language

from appliances.api import schemas
from appliances.models import Home
from appliances.services import known, limits


def of_home(home: Home, now: datetime) -> str:
    """Its lineage, its revision, and the temporary limits in force, which come and go before anybody records it."""
    found = known.for_showing(home, now)
    in_force = [row.pk for row in found.rows.in_force(now)] if found else limits.in_force(home.pk, now)
    holding = ".".join(map(str, sorted(in_force)))
    return f'"{home.pk}.{home.lineage}.{home.revision}.{holding}.{_edition()}"'


def of_record(home: Home, newest_of_accounts: int, let_go: int, now: datetime) -> str:
    """A home's, the newest decision of its people's accounts and the last that was let go: no revision counts them."""
    uncounted = newest_of_accounts or let_go
    return of_text(f"{of_home(home, now)} {newest_of_accounts} {let_go}") if uncounted else of_home(home, now)


def of_homes(homes: Iterable[Home]) -> str:
    listed = ",".join(f"{home.pk}.{home.lineage}.{home.revision}" for home in homes)
    return of_text(f"{listed} {_edition()}")


def of_text(text: str) -> str:
    return f'"{_digest(text)}"'


def is_known(request: HttpRequest, etag: str) -> bool:
    """By the weak comparison that RFC 9110 asks for; compressing an answer on its way makes its tag a weak one."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return given == ["*"] or etag in {one.removeprefix("W/") for one in given}


def not_modified(etag: str) -> HttpResponse:
    response = HttpResponse(status=304, headers={"ETag": etag})
    del response["Content-Type"]
    return response


def _edition() -> str:
    """Tells apart answers of the same revision in another shape or language: after an upgrade all are new."""
    return f"{_shape()}.{get_language() or ''}"


@cache
def _shape() -> str:
    return _digest(json.dumps([model.model_json_schema() for model in schemas.ANSWERS]))[:8]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
