"""What the API gives, declared: it is made by presentation.resources, which the socket shares."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from appliances.api.balancing_schemas import (
    ABSENT,
    Claim,
    Controller,
    Limits,
    Named,
    Order,
    Waitlist,
    Watts,
)
from appliances.models.decision import Action, Actor, Outcome, Subject

LoadStatus = Literal["safe", "warning", "critical"]


class Home(BaseModel):
    slug: str
    name: str
    revision: int = Field(description="Counts the decisions of the home; whoever has this revision has it all.")
    timezone: str
    nominal_voltage: int
    warning_percent: int
    critical_percent: int
    limit_watts: Watts


class Circuit(BaseModel):
    id: int
    name: str
    parent_id: int | None = Field(description="null: the main circuit.")
    limit_watts: Watts = Field(description="The limit in force: its own, or a temporary one that is lower.")
    own_limit_watts: Watts
    limited_by: int | None = Field(description="The temporary limit that is in force instead of its own.")
    load_watts: Watts = Field(description="The rated watts of what is on, at it and below it.")
    headroom_watts: float = Field(description="Negative where a temporary limit came into force below the load.")
    utilization_percent: float
    status: LoadStatus


class Load(BaseModel):
    home: str = Field(description="The home's slug.")
    revision: int
    load_watts: Watts
    limit_watts: Watts = Field(description="The limit in force.")
    headroom_watts: float
    utilization_percent: float
    status: LoadStatus
    appliances_on: int
    circuits: list[Circuit]


class Appliance(BaseModel):
    id: int
    name: str
    kind: str
    circuit_id: int
    rated_watts: Watts
    is_on: bool
    priority: int = Field(description="1 is kept on longest.")
    note: str
    may_be_shed: bool
    may_be_interrupted: bool
    returns_by_itself: bool
    min_on_seconds: int
    min_off_seconds: int
    max_on_seconds: int | None
    fits: bool = Field(description="Whether a switch-on would be granted now; true while it is on.")
    short_by_watts: Watts = Field(description="How much too much it would be.")
    claim: Claim | None = Field(description="What it waits for; null: nothing.")


class ToSwitchOff(Named):
    rated_watts: Watts


class Way(BaseModel):
    off: list[int] = Field(description="The body that `swap` takes.")
    appliances: list[ToSwitchOff]


class Numbers(BaseModel):
    """The numbers of a refusal, at the breaker that says no."""

    requested_watts: float
    current_load_watts: Watts
    projected_load_watts: Watts
    limit_watts: Watts
    exceeded_by_watts: Watts
    circuit: Named
    make_room: list[Way]


class Fit(BaseModel):
    """Where it does not fit, the numbers are those of the refusal that a switch-on would get."""

    fits: bool
    short_by_watts: Watts
    appliance: Appliance
    requested_watts: float = ABSENT
    current_load_watts: Watts = ABSENT
    projected_load_watts: Watts = ABSENT
    limit_watts: Watts = ABSENT
    exceeded_by_watts: Watts = ABSENT
    circuit: Named = ABSENT
    make_room: list[Way] = ABSENT


class PlannedAppliance(Named):
    rated_watts: Watts
    is_on: bool


class Plan(BaseModel):
    fits: bool
    exceeded_by_watts: Watts
    circuit: Named | None = Field(description="The breaker that says no; null where it fits.")
    load: Load = Field(description="The home as it would be.")
    appliances: list[PlannedAppliance] = Field(description="All that would be on.")
    make_room: list[Way] = Field(description="The smallest sets to leave off besides, best first.")


class Switched(BaseModel):
    changed: bool = Field(description="false: everything already was as asked.")
    revision: int
    appliance: Appliance
    load: Load


class By(BaseModel):
    kind: Actor
    id: int | None
    name: str


class About(BaseModel):
    kind: Subject
    id: int
    name: str


class Decided(BaseModel):
    at: str = Field(json_schema_extra={"format": "date-time"})
    by: By
    action: Action
    outcome: Outcome
    subject: About
    account_id: int | None = Field(description="Whose account it is about; null: it is about the home.")
    circuit: Named | None = Field(description="The breaker that was the limit.")
    requested_watts: float | None
    load_before_watts: float | None
    load_after_watts: float | None
    limit_watts: float | None
    exceeded_by_watts: float | None
    text: str = Field(description="The decision in one sentence.")
    facts: dict[str, Any] = Field(description="What was changed, switched off or proposed; watts as text.")


class Decision(Decided):
    id: int
    revision: int


class ForeseenDecision(Decided):
    """One that a dry run would have left on record. The id of what would be added is not kept either."""

    id: None
    revision: None


class Rehearsal(BaseModel):
    """The answer to `dry_run=true`, where the request itself would have succeeded. Nothing was changed."""

    dry_run: Literal[True]
    changed: bool = Field(description="false: everything already is as asked.")
    decisions: list[ForeseenDecision] = Field(description="What would have been recorded, in order.")


NEXT = Field(description="The `cursor` of the next page; null: this was the last.")


class Homes(BaseModel):
    items: list[Home]
    next: str | None = NEXT


class Appliances(BaseModel):
    items: list[Appliance]
    next: str | None = NEXT


class Circuits(BaseModel):
    items: list[Circuit]
    next: str | None = NEXT


class Decisions(BaseModel):
    items: list[Decision]
    next: str | None = NEXT
    kept_since: str | None = Field(
        description="What was decided up to then was removed; null: all of it is kept.",
        json_schema_extra={"format": "date-time"},
    )


class Problem(BaseModel):
    """RFC 9457. Tell problems apart by `code`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str = Field(default=ABSENT, description="The address that was asked.")


class InvalidProblem(Problem):
    errors: dict[str, list[str]] = Field(description="Every wrong field by its name, with what to do.")


class Refusal(Problem, Numbers):
    """A refusal for capacity."""

    would_shed: Way = Field(
        default=ABSENT,
        description="For a limit below its load: what would be switched off with it; send its `off` as `shed`.",
    )


class Resting(Problem):
    rests_until: str = Field(json_schema_extra={"format": "date-time"})


class PreviewChanged(Problem):
    would_shed: Way


ANSWERS: tuple[type[BaseModel], ...] = (
    Homes,
    Appliances,
    Circuits,
    Decisions,
    Load,
    Fit,
    Switched,
    Waitlist,
    Limits,
    Controller,
    Order,
)
PROBLEMS: tuple[type[BaseModel], ...] = (Problem, InvalidProblem, Refusal, Resting, PreviewChanged)
ANYWHERE: tuple[type[BaseModel], ...] = (*PROBLEMS, Rehearsal)
"""What no operation names, since every one may answer it."""
