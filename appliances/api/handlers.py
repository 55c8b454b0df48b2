"""Every error of a request as its problem: what the use cases raise, what was sent wrong, and what only HTTP knows."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from appliances.api import answering
from appliances.api.authentication import CsrfFailed
from appliances.presentation import faults, problems
from appliances.presentation.faults import Fault
from appliances.presentation.problems import Kind
from appliances.services.outcome import Refused
from appliances.services.throttle import Throttled


def install(api: NinjaAPI) -> None:
    """Answer every exception; the nearest class of an exception counts."""
    for exception, handler in HANDLERS.items():
        api.add_exception_handler(exception, handler)


def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    return _answer(request, faults.refused(why))


def _answer(request: HttpRequest, fault: Fault) -> HttpResponse:
    return answering.problem(request, fault.kind, fault.detail, **fault.more)


def _of_use_case(request: HttpRequest, why: Exception) -> HttpResponse:
    return _answer(request, faults.of(why, f"{request.method} {request.path}"))


def _plain(kind: Kind) -> Callable[[HttpRequest, Any], HttpResponse]:
    """A problem that tells nothing of the exception."""
    return lambda request, _why: answering.problem(request, kind)


def _throttled(request: HttpRequest, why: Throttled) -> HttpResponse:
    response = _of_use_case(request, why)
    response["Retry-After"] = str(why.seconds)
    return response


def _not_as_declared(request: HttpRequest, why: ValidationError) -> HttpResponse:
    return _answer(request, faults.wrong_fields((_field(error["loc"]), faults.text_of(error)) for error in why.errors))


def _field(place: tuple[Any, ...]) -> str:
    """("body", "wanted", "off", 3) -> "off"; the body as a whole is "body"."""
    inside = place[2:] if place[0] in {"body", "query"} and len(place) > 1 else place[1:]
    return str((inside or place[-1:] if place[0] != "body" else inside or ("body",))[0])


def _http(request: HttpRequest, why: HttpError) -> HttpResponse:
    """Only the parser still speaks in these: the body is no JSON."""
    cause = why.__cause__
    if isinstance(cause, RequestDataTooBig):
        return answering.problem(request, problems.TOO_LARGE)
    detail = f"{problems.MALFORMED.meaning} {cause}" if isinstance(cause, ValueError) else ""
    return answering.problem(request, problems.MALFORMED, detail)


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Exception: _of_use_case,
    AuthenticationError: _plain(problems.NOT_SIGNED_IN),
    CsrfFailed: _plain(problems.CSRF_FAILED),
    Throttled: _throttled,
    Http404: _plain(problems.NOT_FOUND),
    ValidationError: _not_as_declared,
    HttpError: _http,
    RequestDataTooBig: _plain(problems.TOO_LARGE),
    SuspiciousOperation: _plain(problems.MALFORMED),
    MultiPartParserError: _plain(problems.MALFORMED),
    UnreadablePostError: _plain(problems.MALFORMED),
}
