"""Temporary limits."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from appliances.api import answering, authentication, balancing_schemas, bodies
from appliances.api.fields import IdInPath, Slug
from appliances.api.paging import Paging
from appliances.presentation import claims_shown, problems, snapshot
from appliances.presentation.exact import Json
from appliances.presentation.snapshot import Snapshot
from appliances.services import access, limits
from appliances.services.access import May
from appliances.services.outcome import Missing

router = Router(tags=["balancing"])


@router.get(
    "/homes/{slug:slug}/limits",
    response={200: balancing_schemas.Limits},
    operation_id="list_limits",
    summary="The temporary limits in force and to come",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def list_limits(request: HttpRequest, slug: Slug, paging: Query[Paging]) -> HttpResponse:
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)

    def page(at: Snapshot) -> Json:
        return paging.page_by_id(at.limits, "limits", lambda row: claims_shown.limit(at, row))

    return answering.shown(request, home, page)


@router.post(
    "/homes/{slug:slug}/limits",
    response={201: balancing_schemas.TemporaryLimit},
    operation_id="add_limit",
    summary="Limit a circuit for a while",
    openapi_extra=problems.documented(*problems.TO_WRITE, *problems.WITH_A_BODY),
)
def add_limit(request: HttpRequest, slug: Slug, wanted: bodies.LimitToAdd) -> HttpResponse:
    """Of several, and the circuit's own, the lowest wins. It may lie below what is on: an armed controller then
    sheds what may be shed, and what is still too much needs a person."""
    asker = authentication.of(request)
    home, _role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
    made = limits.add(home_id=home.pk, wanted=wanted.wanted(), by=asker.by, now=timezone.now())
    if made.decision is None:
        raise Missing("There is no such temporary limit.")
    # Not looked for: a short one may be over by now, and was added all the same.
    shown = claims_shown.limit(snapshot.read(home.pk, feed=0), limits.as_added(made.decision))
    return answering.created(shown, reverse("api:show_limit", args=[shown["id"]]))


@router.get(
    "/limits/{int:limit_id}",
    response={200: balancing_schemas.TemporaryLimit},
    operation_id="show_limit",
    summary="A temporary limit",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_limit(request: HttpRequest, limit_id: IdInPath) -> HttpResponse:
    asker = authentication.of(request)
    home, _role = access.at_limit(asker=asker, limit_id=limit_id, capability=May.LOOK)
    return answering.shown(request, home, lambda at: _shape(at, limit_id))


@router.delete(
    "/limits/{int:limit_id}",
    response={204: None},
    operation_id="remove_limit",
    summary="Lift a temporary limit before its end",
    openapi_extra=problems.documented(*problems.TO_WRITE),
)
def remove_limit(request: HttpRequest, limit_id: IdInPath) -> HttpResponse:
    asker = authentication.of(request)
    access.at_limit(asker=asker, limit_id=limit_id, capability=May.CONFIGURE)
    limits.remove(limit_id=limit_id, by=asker.by, now=timezone.now())
    return answering.deleted()


def _shape(at: Snapshot, limit_id: int) -> Json:
    row = next((row for row in at.limits if row.pk == limit_id), None)
    if row is None:
        raise Missing("There is no such temporary limit.")
    return claims_shown.limit(at, row)
