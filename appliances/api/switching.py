"""Switching an appliance, making room for it in one step, and asking first whether it would fit."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from appliances.api import answering, authentication, bodies, examples, schemas
from appliances.api.fields import IdInPath, Slug
from appliances.presentation import problems, resources, snapshot
from appliances.services import access, planning, switching
from appliances.services.access import May
from appliances.services.outcome import Changed

router = Router(tags=["switching"])

DECIDED = (
    *problems.TO_WRITE,
    *problems.WITH_A_BODY,
    problems.CAPACITY_EXCEEDED,
    problems.MUST_REST,
    problems.REMOVED_SINCE,
)


@router.post(
    "/appliances/{int:appliance_id}/toggle",
    response={200: schemas.Switched},
    operation_id="switch_appliance",
    summary="Switch an appliance on or off",
    openapi_extra=examples.added(problems.documented(*DECIDED), 200, examples.SWITCHED),
)
def switch_appliance(request: HttpRequest, appliance_id: IdInPath, wanted: bodies.Toggle) -> HttpResponse:
    """It is switched on only if every breaker above it can carry it; otherwise it stays off, and the answer says what
    is missing and the smallest ways to make room. Asking for the state it has succeeds and changes nothing."""
    asker = authentication.of(request)
    home, _role = access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.SWITCH)
    now = timezone.now()
    changed = switching.switch(appliance_id=appliance_id, on=wanted.is_on, by=asker.by, now=now, home_id=home.pk)
    return switched(appliance_id, changed)


@router.post(
    "/appliances/{int:appliance_id}/swap",
    response={200: schemas.Switched},
    operation_id="swap_appliances",
    summary="Switch some appliances off and this one on, all or nothing",
    openapi_extra=examples.added(problems.documented(*DECIDED), 200, examples.SWITCHED),
)
def swap_appliances(request: HttpRequest, appliance_id: IdInPath, wanted: bodies.Swap) -> HttpResponse:
    """Takes any entry of a refusal's `make_room`. If it still does not fit, nothing at all is switched."""
    asker = authentication.of(request)
    access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.SWITCH)
    changed = switching.swap(on_id=appliance_id, off_ids=wanted.off, by=asker.by, now=timezone.now())
    return switched(appliance_id, changed)


@router.get(
    "/appliances/{int:appliance_id}/fit",
    response={200: schemas.Fit},
    operation_id="check_fit",
    summary="Would it fit? Changes and records nothing",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def check_fit(request: HttpRequest, appliance_id: IdInPath) -> HttpResponse:
    asker = authentication.of(request)
    home, _role = access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.LOOK)
    return answering.shown(request, home, lambda at: resources.fit(at, at.appliance(appliance_id)))


@router.post(
    "/homes/{slug:slug}/plan",
    response={200: schemas.Plan},
    operation_id="check_plan",
    summary="Would a combination fit? Changes and records nothing",
    openapi_extra=problems.documented(*problems.TO_READ, *problems.WITH_A_BODY, problems.CSRF_FAILED),
)
def check_plan(request: HttpRequest, slug: Slug, wanted: bodies.ToPlan) -> HttpResponse:
    """These on, those off, everything else as it is: whether every breaker could carry it, and the load of the home
    as it would be. When an appliance may start again after a rest is not asked."""
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)
    at = snapshot.read(home.pk, feed=0)
    return answering.json(resources.plan(at, planning.plan(at.tree, on=wanted.on, off=wanted.off)))


def switched(appliance_id: int, changed: Changed) -> HttpResponse:
    at = snapshot.after(changed, timezone.now())
    return answering.json({**resources.switched(at, appliance_id, changed), "load": resources.load(at)})
