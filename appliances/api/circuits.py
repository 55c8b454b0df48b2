"""Circuits: their limits, and what feeds what."""

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
from appliances.services import access, circuit
from appliances.services.access import May
from appliances.services.home import main_of
from appliances.services.outcome import Missing, as_done

router = Router(tags=["circuits"])


@router.get(
    "/homes/{slug:slug}/circuits",
    response={200: schemas.Circuits},
    operation_id="list_circuits",
    summary="The circuits of a home",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def list_circuits(request: HttpRequest, slug: Slug, paging: Query[Paging]) -> HttpResponse:
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)

    def page(at: Snapshot) -> Json:
        return paging.page_by_id(at.circuits, "circuits", lambda row: resources.circuit(at, row))

    return answering.shown(request, home, page)


@router.post(
    "/homes/{slug:slug}/circuits",
    response={201: schemas.Circuit},
    operation_id="add_circuit",
    summary="Add a circuit below another",
    openapi_extra=problems.documented(
        *problems.TO_WRITE, *problems.WITH_A_BODY, *problems.CODED, problems.REMOVED_SINCE
    ),
)
def add_circuit(request: HttpRequest, slug: Slug, wanted: bodies.CircuitToAdd) -> HttpResponse:
    asker = authentication.of(request)
    home, _role = access.home_at(asker=asker, slug=slug, capability=May.CONFIGURE)
    sent = wanted.wanted()
    sent.setdefault("parent_id", main_of(home).pk)
    made = circuit.add(home_id=home.pk, wanted=sent, by=asker.by, now=timezone.now())
    with as_done(made):
        shown = _shape(snapshot.read(home.pk, feed=0), made.subject_id or 0)
    return answering.created(shown, reverse("api:show_circuit", args=[shown["id"]]))


@router.get(
    "/circuits/{int:circuit_id}",
    response={200: schemas.Circuit},
    operation_id="show_circuit",
    summary="A circuit and its load",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def show_circuit(request: HttpRequest, circuit_id: IdInPath) -> HttpResponse:
    asker = authentication.of(request)
    home, _role = access.at_circuit(asker=asker, circuit_id=circuit_id, capability=May.LOOK)
    return answering.shown(request, home, lambda at: _shape(at, circuit_id))


@router.patch(
    "/circuits/{int:circuit_id}",
    response={200: schemas.Circuit},
    operation_id="change_circuit",
    summary="Change a circuit's name, limit or feed",
    openapi_extra=problems.documented(
        *problems.TO_WRITE, *problems.WITH_A_BODY, *problems.OF_A_LIMIT, *problems.GUARDED, problems.REMOVED_SINCE
    ),
)
def change_circuit(request: HttpRequest, circuit_id: IdInPath, wanted: bodies.CircuitToChange) -> HttpResponse:
    """Changes what is sent and nothing else. Everything that is on must still fit everywhere;
    a limit below the load is refused with what would have to be switched off, which `shed` then does."""
    asker = authentication.of(request)
    home, _role = access.at_circuit(asker=asker, circuit_id=circuit_id, capability=May.CONFIGURE)
    sent = wanted.wanted()
    shed = sent.pop("shed", None)
    made = circuit.change(circuit_id=circuit_id, wanted=sent, by=asker.by, now=timezone.now(), shed=shed)
    with as_done(made):
        return answering.json(_shape(snapshot.read(home.pk, feed=0), circuit_id))


@router.delete(
    "/circuits/{int:circuit_id}",
    response={204: None},
    operation_id="remove_circuit",
    summary="Remove a circuit that feeds nothing",
    openapi_extra=problems.documented(*problems.TO_WRITE, problems.IN_USE, *problems.CODED),
)
def remove_circuit(request: HttpRequest, circuit_id: IdInPath) -> HttpResponse:
    asker = authentication.of(request)
    access.at_circuit(asker=asker, circuit_id=circuit_id, capability=May.CONFIGURE)
    circuit.remove(circuit_id=circuit_id, by=asker.by, now=timezone.now())
    return answering.deleted()


def _shape(at: Snapshot, circuit_id: int) -> Json:
    row = next((row for row in at.circuits if row.pk == circuit_id), None)
    if row is None:
        raise Missing("There is no such circuit.")
    return resources.circuit(at, row)
