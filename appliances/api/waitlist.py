"""Starting when there is room."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from appliances.api import answering, authentication, balancing_schemas, bodies, schemas
from appliances.api.fields import IdInPath, Slug
from appliances.api.switching import switched
from appliances.presentation import claims_shown, problems
from appliances.services import access, waiting
from appliances.services.access import May

router = Router(tags=["balancing"])


@router.post(
    "/appliances/{int:appliance_id}/wait",
    response={200: schemas.Switched},
    operation_id="wait_for_room",
    summary="Switch it on when there is room",
    openapi_extra=problems.documented(*problems.TO_WRITE, *problems.WITH_A_BODY, problems.REMOVED_SINCE),
)
def wait_for_room(request: HttpRequest, appliance_id: IdInPath, wanted: bodies.ToWait) -> HttpResponse:
    """At once where there is room; otherwise it waits in line until it starts, is cancelled, switched off or expires.
    It starts by itself only where the home's controller is armed."""
    asker = authentication.of(request)
    access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.SWITCH)
    changed = waiting.ask(appliance_id=appliance_id, by=asker.by, now=timezone.now(), **wanted.wanted())
    return switched(appliance_id, changed)


@router.delete(
    "/appliances/{int:appliance_id}/wait",
    response={200: schemas.Switched},
    operation_id="cancel_wait",
    summary="Let it wait no longer",
    openapi_extra=problems.documented(*problems.TO_WRITE, problems.REMOVED_SINCE),
)
def cancel_wait(request: HttpRequest, appliance_id: IdInPath) -> HttpResponse:
    """Succeeds and changes nothing where it does not wait."""
    asker = authentication.of(request)
    access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.SWITCH)
    changed = waiting.cancel(appliance_id=appliance_id, by=asker.by, now=timezone.now())
    return switched(appliance_id, changed)


@router.get(
    "/homes/{slug:slug}/waitlist",
    response={200: balancing_schemas.Waitlist},
    operation_id="show_waitlist",
    summary="Who waits for room, in order",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_waitlist(request: HttpRequest, slug: Slug) -> HttpResponse:
    """Those that somebody asked for and those that were shed and come back, the next to start first."""
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)
    return answering.shown(request, home, lambda at: {"items": claims_shown.waitlist(at), "next": None})
