"""The home's order, and what its controller may do."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from appliances.api import answering, authentication, balancing_schemas, bodies
from appliances.api.fields import Slug
from appliances.models import Home
from appliances.presentation import claims_shown, problems, snapshot
from appliances.presentation.exact import Json
from appliances.services import access, controlling, ordering
from appliances.services.access import May

router = Router(tags=["balancing"])


@router.get(
    "/homes/{slug:slug}/order",
    response={200: balancing_schemas.Order},
    operation_id="show_order",
    summary="Who is kept on longest",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_order(request: HttpRequest, slug: Slug) -> HttpResponse:
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)
    return answering.shown(request, home, lambda at: {"order": ordering.current(at.appliances)})


@router.put(
    "/homes/{slug:slug}/order",
    response={200: balancing_schemas.Order},
    operation_id="change_order",
    summary="Say who is kept on longest",
    openapi_extra=problems.documented(*problems.TO_WRITE, *problems.WITH_A_BODY),
)
def change_order(request: HttpRequest, slug: Slug, wanted: bodies.Order) -> HttpResponse:
    """The whole order at once, the most important first. It switches nothing."""
    asker = authentication.of(request)
    home, _role = access.home_at(asker=asker, slug=slug, capability=May.EDIT)
    ordering.change(home_id=home.pk, wanted=wanted.order, by=asker.by, now=timezone.now())
    return answering.json({"order": ordering.current(snapshot.read(home.pk, feed=0).appliances)})


@router.get(
    "/homes/{slug:slug}/controller",
    response={200: balancing_schemas.Controller},
    operation_id="show_controller",
    summary="What VoltSafe may do by itself, and whether it runs",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_controller(request: HttpRequest, slug: Slug) -> HttpResponse:
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)
    return answering.json(_shape(home))


@router.put(
    "/homes/{slug:slug}/controller",
    response={200: balancing_schemas.Controller},
    operation_id="change_controller",
    summary="Turn the controller off, let it observe, or arm it",
    openapi_extra=problems.documented(*problems.TO_WRITE, *problems.WITH_A_BODY),
)
def change_controller(request: HttpRequest, slug: Slug, wanted: bodies.ModeToSet) -> HttpResponse:
    """Off until somebody arms it. Observing records what it would have done. Changing the mode switches nothing."""
    asker = authentication.of(request)
    home, _role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
    controlling.set_mode(home_id=home.pk, mode=wanted.mode, by=asker.by, now=timezone.now())
    return answering.json(_shape(home))


def _shape(home: Home) -> Json:
    at = snapshot.read(home.pk, feed=0)
    return claims_shown.controller(at, would_have_acted=controlling.would_have_acted(home, at.now))
