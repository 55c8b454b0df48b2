"""Alive, able to serve, and the figures for a monitor."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appliances.presentation import metrics
from appliances.services import access, readiness, tokens

PLAIN = "text/plain; charset=utf-8"


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type=PLAIN)


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """503 with the check that failed; a grant is not given by a process that is not ready.

    Whether a controller runs is told, and no reason to send nobody here: refusals hold without it.
    """
    checks = readiness.checks()
    ready = all(text == readiness.OK for text in checks.values())
    told = {"ready": ready, "checks": checks, "controller": readiness.controller(timezone.now())}
    return JsonResponse(told, status=200 if ready else 503)


@login_not_required
@require_safe
@never_cache
def prometheus(request: HttpRequest) -> HttpResponse:
    """For a signed-in administrator or a bearer token of one: figures of every home are nobody else's."""
    if not _may_see_figures(request):
        refused = HttpResponse("Give a bearer token of an administrator.\n", status=401, content_type=PLAIN)
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _may_see_figures(request: HttpRequest) -> bool:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return access.administers(request.user)
    token = tokens.bearer(text=text.strip(), now=timezone.now())
    return token is not None and access.sees_figures(access.token(token))
