"""The middleware that only browsers need: sessions, messages, pages' own policies.

A request to the API with a bearer token has none of that and is judged by its token alone (appliances.api); passing it
through was a tenth of what it cost. Whatever else comes in, with a wrong token or none, passes through all of it.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxMiddleware

from appliances.web.session_seen import SessionSeenMiddleware

API = "/api/v1/"
PAGES = ("/api/v1/docs",)


def is_machine(request: HttpRequest) -> bool:
    """Whether it goes to the API, and not to a page about it, with a bearer token, good or not."""
    path = request.path_info
    said = request.META.get("HTTP_AUTHORIZATION", "")
    return path.startswith(API) and path not in PAGES and said[:7].lower() == "bearer "


class _OnlyForBrowsers:
    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        through: Any = self.get_response if is_machine(request) else super().__call__  # type: ignore[misc]
        answer: HttpResponse = through(request)
        return answer


class Csp(_OnlyForBrowsers, CSPMiddleware):
    pass


class Session(_OnlyForBrowsers, SessionMiddleware):
    pass


class Authentication(_OnlyForBrowsers, AuthenticationMiddleware):
    pass


class LoginRequired(LoginRequiredMiddleware):
    """Has to be told that a machine has no session: it looks at the person first, then at whether it matters."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not is_machine(request):
            return super().process_view(request, view, args, kwargs)
        return self.handle_no_permission(request, view) if getattr(view, "login_required", True) else None


class SessionSeen(_OnlyForBrowsers, SessionSeenMiddleware):
    pass


class Messages(_OnlyForBrowsers, MessageMiddleware):
    pass


class Htmx(_OnlyForBrowsers, HtmxMiddleware):
    pass
