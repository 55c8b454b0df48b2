"""The addresses under /api/v1/. Nothing here answers in HTML but the documentation, whatever goes wrong."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from appliances.api import answering, documentation
from appliances.api.router import api
from appliances.presentation import problems

View = Callable[..., HttpResponse]

app_name = "api"


def _door(view: View) -> View:
    """A view as it is mounted: it judges by itself who asks, answers HEAD as GET, and is kept by no shared cache."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "HEAD":
            request.method = "GET"
        response = view(request, *args, **kwargs)
        if response.status_code == problems.METHOD_NOT_ALLOWED.status:
            response = _not_allowed(request, response["Allow"])
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    return opened


def _not_allowed(request: HttpRequest, allow: str) -> HttpResponse:
    methods = {method.strip() for method in allow.split(",")}
    response = answering.problem(request, problems.METHOD_NOT_ALLOWED)
    response["Allow"] = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    return response


def _nothing_here(request: HttpRequest) -> HttpResponse:
    return answering.problem(request, problems.NOT_FOUND, "There is nothing at this address.")


ROOT = "api-root"
"""The name by which ninja finds where it is mounted."""


def _operations() -> Iterator[URLPattern]:
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != ROOT:
            yield URLPattern(pattern.pattern, _door(pattern.callback), pattern.default_args, pattern.name)


urlpatterns = [
    path("openapi.json", _door(documentation.show_document), name="show_document"),
    path("docs", _door(documentation.show_documentation), name="show_documentation"),
    *_operations(),
    re_path("", _door(_nothing_here), name=ROOT),
]
