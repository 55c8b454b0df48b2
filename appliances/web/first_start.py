"""Until there is an account nothing is open but the welcome page, the static files and the health checks."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from appliances.services import setup

OPEN = ("/healthz", "/readyz")


class FirstStartMiddleware:
    """Asks the database until the answer is yes; from then on it costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_over = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_over and not self._is_open(request.path):
            self.is_over = setup.is_set_up()
            if not self.is_over:
                return self._closed(request)
        return self.get_response(request)

    @staticmethod
    def _is_open(path: str) -> bool:
        return path in OPEN or path == reverse("welcome") or path.startswith(settings.STATIC_URL)

    @staticmethod
    def _closed(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/") or request.path == "/metrics":
            text = "VoltSafe is not set up yet. Open it in a browser first."
            problem = {
                "type": "about:blank",
                "title": "Not set up",
                "status": 503,
                "code": "not_set_up",
                "detail": text,
            }
            return JsonResponse(problem, status=503, content_type="application/problem+json")
        return redirect("welcome")
