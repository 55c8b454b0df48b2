"""What the API takes. The services judge it; here it is only made sure that it is what its name says."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from appliances.api.fields import ApplianceKind, Id, Limit, Name, Note, Percent, Priority, Rated, Voltage, Zone

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


class ApplianceToAdd(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Kettle", "rated_watts": 2200, "kind": "kettle"}]}
    )

    name: Name
    rated_watts: Rated
    circuit_id: Id = Field(default=LEFT_OUT, description="Where it is plugged in; the main circuit if left out.")
    kind: ApplianceKind = LEFT_OUT
    priority: Priority = LEFT_OUT
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
