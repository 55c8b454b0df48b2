"""Every error of a request as its problem: what the services raise, what was sent wrong, and what nobody expected."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from appliances.api import problems
from appliances.api.authentication import CsrfFailed
from appliances.api.problems import Kind
from appliances.interlock import guard
from appliances.interlock.guard import InterlockMissing
from appliances.presentation import resources, wording
from appliances.services import installer
from appliances.services.access import Forbidden
from appliances.services.answered import KeyReused
from appliances.services.cleaning import InUse, Invalid
from appliances.services.confirming import ConfirmFirst
from appliances.services.installer import InstallerCodeNeeded
from appliances.services.lowering import PreviewChanged
from appliances.services.outcome import Busy, Missing, Refused
from appliances.services.throttle import Throttled

log = logging.getLogger(__name__)

FIELDS = {
    "rated": "rated_watts",
    "limit": "limit_watts",
    "circuit": "circuit_id",
    "parent": "parent_id",
    "__all__": "body",
}
"""What the services and models call a field, where the API calls it by another name."""

KINDLY = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such field here.",
    "model_type": "Send a JSON object.",
    "model_attributes_type": "Send a JSON object.",
    "string_unicode": "This text cannot be written in UTF-8.",
}
"""Better words than pydantic's for what goes wrong most."""


def install(api: NinjaAPI) -> None:
    """Answer every exception; the nearest class of an exception counts."""
    for exception, handler in HANDLERS.items():
        api.add_exception_handler(exception, handler)


def _said(kind: Kind) -> Callable[[HttpRequest, Any], HttpResponse]:
    """A problem whose detail is what the exception says."""
    return lambda request, why: problems.answer(request, kind, str(why))


def _plain(kind: Kind) -> Callable[[HttpRequest, Any], HttpResponse]:
    """A problem that tells nothing of the exception."""
    return lambda request, _why: problems.answer(request, kind)


def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    detail = " ".join(wording.refusal(why.decision))
    if "rests_until" in why.decision.facts:
        return problems.answer(request, problems.MUST_REST, detail, rests_until=why.decision.facts["rests_until"])
    if installer.is_wrong_code(why):
        return problems.answer(request, problems.INSTALLER_CODE_REQUIRED, detail)
    return problems.answer(request, problems.CAPACITY_EXCEEDED, detail, **resources.refusal(why.decision))


def _throttled(request: HttpRequest, why: Throttled) -> HttpResponse:
    response = problems.answer(request, problems.TOO_MANY_TRIES, str(why))
    response["Retry-After"] = str(why.seconds)
    return response


def _preview_changed(request: HttpRequest, why: PreviewChanged) -> HttpResponse:
    return problems.answer(request, problems.PREVIEW_CHANGED, str(why), would_shed=resources.way(why.off))


def _invalid(request: HttpRequest, why: Invalid) -> HttpResponse:
    return _wrong_fields(
        request, ((FIELDS.get(name, name), text) for name, texts in why.errors.items() for text in texts)
    )


def _not_as_declared(request: HttpRequest, why: ValidationError) -> HttpResponse:
    return _wrong_fields(request, ((_field(error["loc"]), _text(error)) for error in why.errors))


def _wrong_fields(request: HttpRequest, found: Iterable[tuple[str, str]]) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for name, text in found:
        texts = errors.setdefault(name, [])
        if text not in texts:
            texts.append(text)
    detail = " ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())
    return problems.answer(request, problems.INVALID, detail, errors=errors)


def _field(place: tuple[Any, ...]) -> str:
    """("body", "wanted", "off", 3) -> "off"; the body as a whole is "body"."""
    inside = place[2:] if place[0] in {"body", "query"} and len(place) > 1 else place[1:]
    return str((inside or place[-1:] if place[0] != "body" else inside or ("body",))[0])


def _text(error: dict[str, Any]) -> str:
    said = error.get("ctx", {}).get("error")
    return str(said or KINDLY.get(error["type"], f"{error['msg']}."))


def _http(request: HttpRequest, why: HttpError) -> HttpResponse:
    """Only the parser still speaks in these: the body is no JSON."""
    cause = why.__cause__
    if isinstance(cause, RequestDataTooBig):
        return problems.answer(request, problems.TOO_LARGE)
    detail = f"{problems.MALFORMED.meaning} {cause}" if isinstance(cause, ValueError) else ""
    return problems.answer(request, problems.MALFORMED, detail)


def _integrity(request: HttpRequest, why: IntegrityError) -> HttpResponse:
    """Two requests at once took the same name; an overload that got as far as the interlock is a fault of ours."""
    if guard.is_interlock_error(why):
        return _internal(request, why)
    log.warning("Refused by the database: %s", why)
    return problems.answer(request, problems.CONFLICT)


def _unavailable(request: HttpRequest, why: DatabaseError) -> HttpResponse:
    log.error("The database does not answer: %s", why)
    return problems.answer(request, problems.UNAVAILABLE)


def _internal(request: HttpRequest, why: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=why)
    return problems.answer(request, problems.INTERNAL)


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Exception: _internal,
    AuthenticationError: _plain(problems.NOT_SIGNED_IN),
    CsrfFailed: _plain(problems.CSRF_FAILED),
    Refused: refused,
    KeyReused: _plain(problems.KEY_REUSED),
    PreviewChanged: _preview_changed,
    Forbidden: _said(problems.FORBIDDEN),
    ConfirmFirst: _plain(problems.CONFIRMATION_REQUIRED),
    InstallerCodeNeeded: _plain(problems.INSTALLER_CODE_REQUIRED),
    Throttled: _throttled,
    Missing: _said(problems.NOT_FOUND),
    Http404: _plain(problems.NOT_FOUND),
    InUse: _said(problems.IN_USE),
    Invalid: _invalid,
    ValidationError: _not_as_declared,
    HttpError: _http,
    RequestDataTooBig: _plain(problems.TOO_LARGE),
    SuspiciousOperation: _plain(problems.MALFORMED),
    MultiPartParserError: _plain(problems.MALFORMED),
    UnreadablePostError: _plain(problems.MALFORMED),
    Busy: _said(problems.BUSY),
    InterlockMissing: _plain(problems.INTERLOCK_MISSING),
    IntegrityError: _integrity,
    OperationalError: _unavailable,
    InterfaceError: _unavailable,
}
