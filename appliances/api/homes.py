"""Homes, and the load of one."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from appliances.api import answering, authentication, bodies, etags, schemas
from appliances.api.fields import Slug
from appliances.api.paging import Paging
from appliances.models import Circuit
from appliances.presentation import problems, resources
from appliances.presentation.exact import Json
from appliances.services import access, home
from appliances.services.access import May
from appliances.services.outcome import Changed, Missing, as_done

router = Router(tags=["homes"])


@router.get(
    "/homes",
    response={200: schemas.Homes},
    operation_id="list_homes",
    summary="The homes you belong to",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def list_homes(request: HttpRequest, paging: Query[Paging]) -> HttpResponse:
    access.require_scope(asker=authentication.of(request), capability=May.LOOK)
    after = paging.after("homes") or 0
    mine = _mains().filter(home__memberships__user=authentication.person(request))
    rows = list(mine.filter(home__gt=after).order_by("home")[: paging.limit + 1])
    etag = etags.of_homes(row.home for row in rows)
    if etags.is_known(request, etag):
        return etags.not_modified(etag)
    response = answering.json(paging.page(rows, "homes", lambda row: row.home_id, _shape))
    response["ETag"] = etag
    return response


@router.post(
    "/homes",
    response={201: schemas.Home},
    operation_id="add_home",
    summary="Add a home; you become its owner",
    openapi_extra=problems.documented(
        *problems.TO_WRITE, *problems.WITH_A_BODY, problems.CONFLICT, problems.REMOVED_SINCE
    ),
)
def add_home(request: HttpRequest, wanted: bodies.HomeToAdd) -> HttpResponse:
    """It comes with its main circuit, which has the home's limit."""
    asker = authentication.of(request)
    access.require_scope(asker=asker, capability=May.CONFIGURE)
    made = home.add(wanted=wanted.wanted(), owner=asker.user, by=asker.by, now=timezone.now())
    shown = _as_it_is(made)
    return answering.created(shown, reverse("api:show_home", args=[shown["slug"]]))


@router.get(
    "/homes/{slug:slug}",
    response={200: schemas.Home},
    operation_id="show_home",
    summary="A home",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_home(request: HttpRequest, slug: Slug) -> HttpResponse:
    row, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)
    return answering.shown(request, row, lambda at: resources.home_with_limit(at.home, at.main.limit))


@router.patch(
    "/homes/{slug:slug}",
    response={200: schemas.Home},
    operation_id="change_home",
    summary="Change a home's name, limit or thresholds",
    openapi_extra=problems.documented(
        *problems.TO_WRITE, *problems.WITH_A_BODY, *problems.OF_A_LIMIT, *problems.GUARDED, problems.REMOVED_SINCE
    ),
)
def change_home(request: HttpRequest, slug: Slug, wanted: bodies.HomeToChange) -> HttpResponse:
    """Changes what is sent and nothing else. A limit below what is on is refused with what would
    have to be switched off, which `shed` then does. The address stays as it was."""
    asker = authentication.of(request)
    row, _role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
    sent = wanted.wanted()
    shed = sent.pop("shed", None)
    changed = home.change(home_id=row.pk, wanted=sent, by=asker.by, now=timezone.now(), shed=shed)
    return answering.json(_as_it_is(changed))


@router.get(
    "/homes/{slug:slug}/load",
    response={200: schemas.Load},
    operation_id="show_load",
    summary="How much is used, how much is left, on every circuit",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_load(request: HttpRequest, slug: Slug) -> HttpResponse:
    row, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)
    return answering.shown(request, row, resources.load)


def _mains() -> QuerySet[Circuit]:
    """The main circuits with their homes: one statement, so the limit is that of the revision."""
    return Circuit.objects.select_related("home").filter(parent=None)


def _as_it_is(changed: Changed) -> Json:
    """The home that was added or changed. Raises RemovedSince; Missing where nothing was changed."""
    with as_done(changed):
        main = _mains().filter(home=changed.home_id).first()
        if main is None:
            raise Missing("There is no such home.")
    return _shape(main)


def _shape(main: Circuit) -> Json:
    return resources.home_with_limit(main.home, main.limit)
