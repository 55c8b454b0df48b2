"""The record of a home: every decision with the numbers it was taken on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from appliances.api import answering, authentication, etags, schemas
from appliances.api.fields import Day, Flag, RecordKind, RecordOutcome, Slug, Sought
from appliances.api.paging import Paging
from appliances.presentation import problems, resources
from appliances.services import access, record
from appliances.services.access import May
from appliances.services.record import LookedFor

router = Router(tags=["record"])
CURSOR = "record"

NOT_ASKED: Any = None


class RecordFilter(BaseModel):
    kind: RecordKind = Field(default=NOT_ASKED, description="What it is about.")
    outcome: RecordOutcome = NOT_ASKED
    who: Sought = Field(default=NOT_ASKED, description="A part of the name of whoever asked, or `VoltSafe`.")
    since: Day = Field(default=NOT_ASKED, description="From this day on, by the home's clock.")
    until: Day = Field(default=NOT_ASKED, description="Until this day, which is included, by the home's clock.")
    text: Sought = Field(
        default=NOT_ASKED, description="A part of the name of the thing or person, of the circuit or of whoever asked."
    )
    accounts: Flag = Field(
        default=False,
        description="true: with what was done to sign in, to the tokens and to the accounts of the home's people. "
        "Only an owner may ask for that.",
    )

    def looked_for(self) -> LookedFor:
        """Raises Invalid."""
        asked = LookedFor(**self.model_dump(exclude_unset=True, exclude={"accounts"}))
        asked.check()
        return asked


@router.get(
    "/homes/{slug:slug}/decisions",
    response={200: schemas.Decisions},
    operation_id="list_decisions",
    summary="What was decided, newest first",
    openapi_extra=problems.documented(*problems.TO_READ),
)
def list_decisions(
    request: HttpRequest, slug: Slug, paging: Query[Paging], wanted: Query[RecordFilter]
) -> HttpResponse:
    """With several filters, what all of them let through."""
    capability = May.MANAGE if wanted.accounts else May.LOOK
    home, _role = access.home_at(asker=authentication.of(request), slug=slug, capability=capability)
    before, of = paging.after(CURSOR), wanted.looked_for()
    people = record.people_of(home) if wanted.accounts else {}
    # The tag is of what was read before the rows: were a decision added between, the next asker gets it.
    let_go = record.let_go(home)
    etag = etags.of_record(home, record.newest_of_accounts(people), let_go.up_to if let_go else 0, timezone.now())
    if etags.is_known(request, etag):
        return etags.not_modified(etag)
    rows = record.newest(home, people=people, most=paging.limit + 1, before=before, of=of)
    page = paging.page(rows, CURSOR, lambda row: row.pk, resources.decision)
    response = answering.json({**page, "kept_since": let_go and let_go.at.isoformat()})
    response["ETag"] = etag
    return response
