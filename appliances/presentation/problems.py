"""Every problem the API and its socket answer with: RFC 9457, each with a code that stays from version to version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from appliances.presentation.exact import Json

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    status: int
    title: str
    meaning: str
    """What it means and what to do, for whoever reads the documentation."""
    schema: str = "Problem"


MALFORMED = Kind("malformed", 400, "Not JSON", "The body cannot be read. Send one JSON object, each name in it once.")
NOT_SIGNED_IN = Kind(
    "not_signed_in", 401, "Not signed in", "Send a bearer token that is still valid, or sign in with the browser."
)
CAPACITY_EXCEEDED = Kind(
    "capacity_exceeded",
    403,
    "It does not fit",
    "A breaker would carry more than its limit, so nothing was changed. The numbers are those of that breaker, in "
    "watts; each entry of `make_room` is the smallest set of running appliances to switch off, best first.",
    "Refusal",
)
MUST_REST = Kind(
    "must_rest",
    403,
    "It has to rest",
    "It was switched off too short a time ago (`min_off_seconds`), so nothing was changed. Switch it on again after "
    "`rests_until`, or let it wait.",
    "Resting",
)
PREVIEW_CHANGED = Kind(
    "preview_changed",
    409,
    "Others would have to go",
    "The appliances in `shed` are no longer those that must be switched off; nothing was changed. Look at `would_shed` "
    "and send its `off`.",
    "PreviewChanged",
)
FORBIDDEN = Kind("forbidden", 403, "Not allowed", "Your role in this home, or the token's scope, does not allow that.")
CONFIRMATION_REQUIRED = Kind(
    "confirmation_required",
    403,
    "Confirm that it is you",
    "With the browser's session this needs a password or passkey given within the last ten minutes, on the page "
    "of your account. A token of scope `admin` is not asked. Nothing was changed.",
)
INSTALLER_CODE_REQUIRED = Kind(
    "installer_code_required",
    403,
    "Installer code",
    "The home asks for its installer code for this; send it as `Installer-Code`. Nothing was changed.",
)
CSRF_FAILED = Kind(
    "csrf_failed",
    403,
    "Not sent from our page",
    "A request with the browser's session that changes something needs the page's token in `X-CSRFToken`. A request "
    "with a bearer token needs none.",
)
NOT_FOUND = Kind("not_found", 404, "Not found", "It is not there, or it belongs to a home that is not yours.")
METHOD_NOT_ALLOWED = Kind(
    "method_not_allowed",
    405,
    "Not possible here",
    "This address does not take this method; `Allow` names those it does.",
)
IN_USE = Kind("in_use", 409, "Still in use", "Something depends on it; `detail` says what to move or remove first.")
CONFLICT = Kind(
    "conflict", 409, "Somebody was faster", "Another change came first. Nothing was changed; asking again is safe."
)
TOO_LATE = Kind(
    "too_late",
    409,
    "Too late",
    "Only on the socket: the command was older than five seconds when its turn came, so nothing was changed. Look at "
    "the newest state and, if it is still wanted, send it anew.",
)
REMOVED_SINCE = Kind(
    "removed_since",
    410,
    "Done, and removed since",
    "It was done, but what it was done to has been removed before this answer; `detail` names the revision.",
)
TOO_LARGE = Kind("too_large", 413, "Too large", "The body is larger than anything this API has use for.")
INVALID = Kind(
    "invalid",
    422,
    "Not valid",
    "`errors` names every field that is wrong and says why. Nothing was changed.",
    "InvalidProblem",
)
TOO_MANY_TRIES = Kind(
    "too_many_tries", 429, "Too many tries", "Too many wrong codes. Nothing was changed; ask again after `Retry-After`."
)
KEY_REUSED = Kind(
    "idempotency_key_reused",
    422,
    "Key used before",
    "This `Idempotency-Key` was sent with another request of yours. Nothing was changed; make a new key for each.",
)
INTERNAL = Kind("internal", 500, "Something went wrong", "It is our fault and has been logged.")
BUSY = Kind(
    "busy", 503, "Busy", "The home's turn did not come in time. Nothing was changed; ask again after `Retry-After`."
)
INTERLOCK_MISSING = Kind(
    "interlock_missing",
    503,
    "Not safe to switch",
    "The database does not guard the limits itself, so nothing is granted. Whoever runs VoltSafe must look at it.",
)
UNAVAILABLE = Kind("unavailable", 503, "Not available", "The database does not answer. Ask again after `Retry-After`.")
NOT_SET_UP = Kind("not_set_up", 503, "Not set up", "There is no account yet. Open VoltSafe in a browser first.")

KINDS: tuple[Kind, ...] = tuple(value for value in globals().values() if isinstance(value, Kind))

ALWAYS = (NOT_SIGNED_IN, INTERNAL, UNAVAILABLE, NOT_SET_UP)
TO_READ = (*ALWAYS, FORBIDDEN, NOT_FOUND, INVALID)
TO_WRITE = (*TO_READ, CSRF_FAILED, BUSY, INTERLOCK_MISSING)
WITH_A_BODY = (MALFORMED, TOO_LARGE)
OF_A_LIMIT = (CAPACITY_EXCEEDED, PREVIEW_CHANGED)
CODED = (INSTALLER_CODE_REQUIRED, TOO_MANY_TRIES)
"""What may stand in the way of adding or removing circuits."""
GUARDED = (CONFIRMATION_REQUIRED, *CODED)
"""What may stand in the way of raising a limit."""

RETRY_SECONDS = 2
"""After which what is busy or away may be asked again: `Retry-After` over REST, `retry_after` on a socket."""


def is_passing(kind: Kind) -> bool:
    """Whether asking again later may help."""
    return kind.status == BUSY.status


def document(kind: Kind, detail: str, instance: str, more: Mapping[str, Any]) -> Json:
    """The problem as it is sent; `instance` is what was asked, `more` are the members that its kind adds."""
    return {
        "type": f"{reverse('api:show_documentation')}#{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "code": kind.code,
        "detail": detail or kind.meaning,
        "instance": instance,
        **more,
    }


def documented(*kinds: Kind) -> Json:
    """The problems of an operation as its OpenAPI `responses`, one a status."""
    by_status: dict[int, list[Kind]] = {}
    for kind in sorted(kinds, key=lambda each: each.status):
        by_status.setdefault(kind.status, []).append(kind)
    return {"responses": {status: _response(of_status) for status, of_status in by_status.items()}}


def _response(kinds: list[Kind]) -> Mapping[str, Any]:
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in dict.fromkeys(kind.schema for kind in kinds)]
    return {
        "description": " ".join(f"`{kind.code}`: {kind.meaning}" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}},
    }
