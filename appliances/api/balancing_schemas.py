"""What the API gives of the things VoltSafe does by itself."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

ABSENT: Any = None
"""The default of what is not always there."""

Watts = Annotated[float, Field(description="Exact, with at most three decimals.", ge=0)]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Named(BaseModel):
    id: int
    name: str


class Claim(BaseModel):
    """That it shall be on again when there is room."""

    why: Literal["waiting", "shed"] = Field(description="Somebody asked for it, or VoltSafe switched it off.")
    place: int = Field(description="In the home's queue, from 1.")
    state: Literal["ready", "short", "resting", "holding", "behind"] = Field(
        description="`short`: there is no room. `behind`: there is, but those before it need it. `resting`: it was "
        "switched off too short a time ago. `holding`: there must be room for a while. `ready`: it starts next."
    )
    needs_watts: Watts
    short_by_watts: Watts
    circuit: Named | None = Field(description="Where it is missing.")
    since: Moment
    until: Moment | None = Field(description="When resting or holding ends.")
    expires_at: Moment | None = Field(description="Then it waits no longer and stays off.")
    asked_by: str
    passes: list[int] = Field(description="The appliances before it that would not fit anyway.")
    cause: dict[str, Any] = Field(description="Why it was shed.")


class Waiting(Claim):
    appliance: Named


class TemporaryLimit(BaseModel):
    id: int
    circuit: Named
    limit_watts: Watts
    starts_at: Moment
    ends_at: Moment
    source: str
    reason: str
    in_force: bool
    binds: bool = Field(description="Of all limits of its circuit it is the one that decisions go by now.")


class NeedsPerson(BaseModel):
    circuit: Named
    exceeded_by_watts: Watts


class Controller(BaseModel):
    mode: Literal["off", "observing", "armed"]
    needs_person: list[NeedsPerson] = Field(description="What is over its limit; only a person can help where armed.")
    returns_held_until: Moment | None
    would_have_acted: int = Field(description="How often an armed controller would have acted in the last week.")
    ran_at: Moment | None = Field(description="When a controller last ran.")
    late: bool = Field(description="true: none runs. Nothing waiting starts, nothing is shed or comes back.")


class Order(BaseModel):
    order: list[int] = Field(description="The appliances, the most important first.")


class Waitlist(BaseModel):
    items: list[Waiting]
    next: str | None = Field(description="null: it is always whole.")


class Limits(BaseModel):
    items: list[TemporaryLimit]
    next: str | None = Field(description="The `cursor` of the next page; null: this was the last.")
