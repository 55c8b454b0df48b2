"""What the API takes. The services judge it; here it is only made sure that it is what its name says."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from appliances.api.fields import (
    ApplianceKind,
    ControllerMode,
    Limit,
    LimitSource,
    Name,
    Note,
    Pause,
    Percent,
    Priority,
    Rated,
    Reason,
    Run,
    Shed,
    Voltage,
    Zone,
)
from appliances.presentation.field_types import Id, Moment

LEFT_OUT: Any = None
"""The default of a field that need not be sent; it is never read, for only what was sent is passed on."""

OF_SERVICES = {"rated_watts": "rated", "limit_watts": "limit"}
"""What the API calls by its unit, the services call by its meaning."""


class Body(BaseModel):
    """Strict: a number is no text, a text no number, and a name that means nothing is an error."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def wanted(self) -> dict[str, Any]:
        """What was sent and nothing else, by the services' names."""
        sent = self.model_dump(exclude_unset=True)
        return {OF_SERVICES.get(name, name): value for name, value in sent.items()}


class HomeToAdd(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Lake cabin", "limit_watts": 3680}]})

    name: Name
    limit_watts: Limit = Field(default=LEFT_OUT, description="What the supply carries; 5000 W if left out.")
    timezone: Zone = LEFT_OUT
    nominal_voltage: Voltage = LEFT_OUT
    warning_percent: Percent = LEFT_OUT
    critical_percent: Percent = LEFT_OUT


class HomeToChange(HomeToAdd):
    model_config = ConfigDict(json_schema_extra={"examples": [{"limit_watts": 7360}]})

    name: Name = LEFT_OUT
    shed: Shed = LEFT_OUT


class ApplianceToAdd(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Kettle", "rated_watts": 2200, "kind": "kettle"}]}
    )

    name: Name
    rated_watts: Rated
    circuit_id: Id = Field(default=LEFT_OUT, description="Where it is plugged in; the main circuit if left out.")
    kind: ApplianceKind = LEFT_OUT
    priority: Priority = LEFT_OUT
    may_be_shed: bool = Field(default=LEFT_OUT, description="VoltSafe may switch it off when a limit falls.")
    may_be_interrupted: bool = Field(
        default=LEFT_OUT, description="false: it is never switched off in the middle of its cycle."
    )
    returns_by_itself: bool = Field(default=LEFT_OUT, description="Shed, it may be switched on again by VoltSafe.")
    min_on_seconds: Pause = LEFT_OUT
    min_off_seconds: Pause = LEFT_OUT
    max_on_seconds: Run | None = Field(default=LEFT_OUT, description="Then it is switched off; null: never.")
    note: Note = LEFT_OUT


class ApplianceToChange(ApplianceToAdd):
    model_config = ConfigDict(json_schema_extra={"examples": [{"rated_watts": 1999.5}]})

    name: Name = LEFT_OUT
    rated_watts: Rated = LEFT_OUT
    circuit_id: Id = LEFT_OUT


class CircuitToAdd(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Garage", "limit_watts": 3680}]})

    name: Name
    limit_watts: Limit
    parent_id: Id = Field(default=LEFT_OUT, description="The circuit that feeds it; the main circuit if left out.")


class CircuitToChange(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"limit_watts": 2990}]})

    name: Name = LEFT_OUT
    limit_watts: Limit = LEFT_OUT
    parent_id: Id | None = Field(default=LEFT_OUT, description="null only for the main circuit.")
    shed: Shed = LEFT_OUT


class Toggle(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"is_on": True}]})

    is_on: bool = Field(description="The state it shall have. Asking for the one it has changes nothing.")


class ToPlan(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"on": [7, 9], "off": [3]}]})

    on: list[Id] = Field(default=[], max_length=1000, description="Appliances of the home that would be on.")
    off: list[Id] = Field(
        default=[], max_length=1000, description="Those that would be off. All others stay as they are."
    )


class Swap(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"off": [3, 7]}]})

    off: list[Id] = Field(max_length=100, description="Appliances of the same home to switch off first.")


class ToWait(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    expires_at: Moment = Field(default=LEFT_OUT, description="When it waits no longer; in four hours if left out.")


class Order(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"order": [1, 4, 2, 3]}]})

    order: list[Id] = Field(max_length=10_000, description="Every appliance once, the most important first.")


class LimitToAdd(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"limit_watts": 4200, "ends_at": "2030-01-31T19:30:00+01:00", "source": "grid"}]
        }
    )

    limit_watts: Limit = Field(description="0 is a limit too: nothing may be on.")
    ends_at: Moment = Field(description="Every temporary limit ends.")
    starts_at: Moment = Field(default=LEFT_OUT, description="Now, if left out.")
    circuit_id: Id = Field(default=LEFT_OUT, description="The circuit it holds for; the main circuit if left out.")
    reason: Reason = LEFT_OUT
    source: LimitSource = LEFT_OUT


class ModeToSet(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"mode": "observing"}]})

    mode: ControllerMode
