"""Who asks: the person behind a bearer token, or behind the browser's session."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.security.base import AuthBase

from appliances.models import User
from appliances.services import access, confirming, tokens
from appliances.services.access import Asker

SAFE = {"GET", "HEAD", "OPTIONS"}


class CsrfFailed(Exception):
    """A change asked for with a session, but not by one of our pages."""


class Bearer(HttpBearer):
    openapi_description = "A token made on the page of your account, as `Authorization: Bearer vs_…`."

    def authenticate(self, request: HttpRequest, token: str) -> Asker | None:
        row = tokens.bearer(text=token.strip(), now=timezone.now())
        return access.token(row) if row else None


class Session(AuthBase):
    """The browser's session; what changes something must carry our page's token besides."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME
    openapi_description = "The browser's session. A request that changes something also needs `X-CSRFToken`."

    def __call__(self, request: HttpRequest) -> Asker | None:
        if is_bearer(request) or not isinstance(request.user, User):
            return None
        if request.method not in SAFE:
            _require_our_page(request)
        confirmed = confirming.is_recent(request.session, request.user.pk, timezone.now())
        return access.person(request.user, confirmed=confirmed)


EITHER = [Bearer(), Session()]


def of(request: HttpRequest) -> Asker:
    """Who was found to ask, in a view behind EITHER."""
    asker = request.auth  # type: ignore[attr-defined]
    assert isinstance(asker, Asker)
    return asker


def person(request: HttpRequest) -> User:
    """Whose account it is: theirs who ask, or that of the token."""
    user = of(request).user
    assert user is not None
    return user


def let_ask(request: HttpRequest, **how: Any) -> None:
    """From here on the same asker asks with these fields of `By` set."""
    asker = of(request)
    request.auth = replace(asker, by=replace(asker.by, **how))  # type: ignore[attr-defined]


def is_bearer(request: HttpRequest) -> bool:
    """A token that is not valid is not made good by a session."""
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == "bearer"


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _require_our_page(request: HttpRequest) -> None:
    # Looking for a form's token parses the body away, unless it has been read before.
    _ = request.body
    check = _Csrf(HttpResponse)
    check.process_request(request)
    reason = check.process_view(request, HttpResponse, (), {})
    if reason:
        raise CsrfFailed(reason)
