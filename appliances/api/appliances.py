"""Appliances: what they are, switching them, and whether they would fit."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from appliances.api import answering, authentication, bodies, schemas
from appliances.api.fields import IdInPath, Slug
from appliances.api.paging import Paging
from appliances.presentation import problems, resources, snapshot
from appliances.presentation.exact import Json
from appliances.presentation.snapshot import Snapshot
from appliances.services import access, appliance
from appliances.services.access import May
from appliances.services.home import main_of
from appliances.services.outcome import as_done

router = Router(tags=["appliances"])


@router.get(
    "/homes/{slug:slug}/appliances",
    response={200: schemas.Appliances},
    operation_id="list_appliances",
    summary="The appliances of a home",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def list_appliances(request: HttpRequest, slug: Slug, paging: Query[Paging]) -> HttpResponse:
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)

    def page(at: Snapshot) -> Json:
        return paging.page_by_id(at.appliances, "appliances", lambda row: resources.appliance(at, row))

    return answering.shown(request, home, page)


@router.post(
    "/homes/{slug:slug}/appliances",
    response={201: schemas.Appliance},
    operation_id="add_appliance",
    summary="Add an appliance, switched off",
    openapi_extra=problems.documented(*problems.TO_WRITE, *problems.WITH_A_BODY, problems.REMOVED_SINCE),
)
def add_appliance(request: HttpRequest, slug: Slug, wanted: bodies.ApplianceToAdd) -> HttpResponse:
    asker = authentication.of(request)
    home, _role = access.home_at(asker=asker, slug=slug, capability=May.EDIT)
    sent = wanted.wanted()
    sent.setdefault("circuit_id", main_of(home).pk)
    made = appliance.add(home_id=home.pk, wanted=sent, by=asker.by, now=timezone.now())
    with as_done(made):
        shown = shape(snapshot.read(home.pk, feed=0), made.subject_id or 0)
    return answering.created(shown, reverse("api:show_appliance", args=[shown["id"]]))


@router.get(
    "/appliances/{int:appliance_id}",
    response={200: schemas.Appliance},
    operation_id="show_appliance",
    summary="An appliance",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_appliance(request: HttpRequest, appliance_id: IdInPath) -> HttpResponse:
    asker = authentication.of(request)
    home, _role = access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.LOOK)
    return answering.shown(request, home, lambda at: shape(at, appliance_id))


@router.patch(
    "/appliances/{int:appliance_id}",
    response={200: schemas.Appliance},
    operation_id="change_appliance",
    summary="Change or move an appliance",
    openapi_extra=problems.documented(
        *problems.TO_WRITE, *problems.WITH_A_BODY, problems.CAPACITY_EXCEEDED, problems.REMOVED_SINCE
    ),
)
def change_appliance(request: HttpRequest, appliance_id: IdInPath, wanted: bodies.ApplianceToChange) -> HttpResponse:
    """Changes what is sent and nothing else. While it is on, it must still fit where it is plugged in."""
    asker = authentication.of(request)
    home, _role = access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.EDIT)
    made = appliance.change(appliance_id=appliance_id, wanted=wanted.wanted(), by=asker.by, now=timezone.now())
    with as_done(made):
        return answering.json(shape(snapshot.read(home.pk, feed=0), appliance_id))


@router.delete(
    "/appliances/{int:appliance_id}",
    response={204: None},
    operation_id="remove_appliance",
    summary="Remove an appliance",
    openapi_extra=problems.documented(*problems.TO_WRITE),
)
def remove_appliance(request: HttpRequest, appliance_id: IdInPath) -> HttpResponse:
    """If it is on, its watts are free again. Its record stays."""
    asker = authentication.of(request)
    access.at_appliance(asker=asker, appliance_id=appliance_id, capability=May.EDIT)
    appliance.remove(appliance_id=appliance_id, by=asker.by, now=timezone.now())
    return answering.deleted()


def shape(at: Snapshot, appliance_id: int) -> Json:
    return resources.appliance(at, at.appliance(appliance_id))
