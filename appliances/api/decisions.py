"""The record of a home: every decision with the numbers it was taken on."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from appliances.api import answering, authentication, etags, problems, schemas
from appliances.api.fields import Slug
from appliances.api.paging import Paging
from appliances.models import Decision
from appliances.presentation import resources
from appliances.services import access
from appliances.services.access import May

router = Router(tags=["record"])


@router.get(
    "/homes/{slug:slug}/decisions",
    response={200: schemas.Decisions},
    operation_id="list_decisions",
    summary="What was decided, newest first",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def list_decisions(request: HttpRequest, slug: Slug, paging: Query[Paging]) -> HttpResponse:
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=May.LOOK)
    before = paging.after("decisions")
    # The tag is of the revision read before the rows: were a decision added between, the next asker gets it.
    etag = etags.of_home(home, timezone.now())
    if etags.is_known(request, etag):
        return etags.not_modified(etag)
    rows = Decision.objects.filter(home=home).order_by("-revision")
    if before is not None:
        rows = rows.filter(revision__lt=before)
    page = paging.page(rows[: paging.limit + 1], "decisions", lambda row: row.revision, resources.decision)
    response = answering.json(page)
    response["ETag"] = etag
    return response
