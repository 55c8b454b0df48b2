"""The types of single fields: what they take, and what the OpenAPI document says of them."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import TextChoices
from ninja import Path
from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from appliances.balancer import units
from appliances.models.appliance import LEAST_IMPORTANT, LONGEST_PAUSE, LONGEST_RUN, Kind
from appliances.models.controller import Mode
from appliances.models.decision import Outcome
from appliances.models.temporary_limit import Source
from appliances.presentation.field_types import MOST_ID, Id
from appliances.services import record

MOST_WATTS = units.MOST_MW // units.MW_PER_WATT
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
IN_WORDS = re.compile(r"[0-9]{1,10}(\.[0-9]{1,3})?")


def _watts(value: Any) -> Decimal:
    """Exactly what was sent, or an error: nothing is rounded on its way to a limit."""
    exact = units.to_watts(units.to_mw(value))
    if isinstance(value, str) and not IN_WORDS.fullmatch(value):
        raise ValueError("Give watts as a number, for example 2000 or 0.5.")
    return exact


def _watts_from(least: Decimal | int) -> WithJsonSchema:
    number = {"type": "number", "minimum": float(least), "maximum": MOST_WATTS, "multipleOf": 0.001}
    return WithJsonSchema(
        {
            "anyOf": [number, {"type": "string", "pattern": f"^{IN_WORDS.pattern}$"}],
            "description": "Watts, exact: a number or text with at most three decimals. Nothing is rounded.",
            "examples": [2000, 0.5, "3680.125"],
        }
    )


Rated = Annotated[Decimal, PlainValidator(_watts), _watts_from(units.ONE_MW)]
Limit = Annotated[Decimal, PlainValidator(_watts), _watts_from(0)]


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("NUL characters cannot be kept.")
    return text


NO_NUL = {"pattern": "^[^\\u0000]*$"}

Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        description="Unique in its home, whatever the case of its letters; spaces around it are not kept.",
        json_schema_extra={"pattern": "^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$"},
    ),
    AfterValidator(_storable),
]
Note = Annotated[str, Field(max_length=200, json_schema_extra=NO_NUL), AfterValidator(_storable)]
Zone = Annotated[
    str,
    Field(max_length=64, description="A name of the time zone database.", examples=["Europe/Berlin"]),
    AfterValidator(_storable),
]


def _one_of(choices: type[TextChoices]) -> Any:
    def known(text: str) -> str:
        if text not in choices.values:
            raise ValueError(f"Choose one of {', '.join(choices.values)}.")
        return text

    return Annotated[str, AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(choices.values)})]


ApplianceKind = _one_of(Kind)
RecordKind = _one_of(record.Kind)
RecordOutcome = _one_of(Outcome)
ControllerMode = _one_of(Mode)
LimitSource = _one_of(Source)
Priority = Annotated[
    int, Field(ge=1, le=LEAST_IMPORTANT, description="Its place in the home's order: 1 is kept on longest.")
]
Pause = Annotated[int, Field(ge=0, le=LONGEST_PAUSE, description="Seconds.")]
Run = Annotated[int, Field(ge=1, le=LONGEST_RUN, description="Seconds.")]
Reason = Annotated[str, Field(max_length=120, json_schema_extra=NO_NUL), AfterValidator(_storable)]


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value) if DAY.fullmatch(value) else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise ValueError("Give a day like 2030-01-31.")


Day = Annotated[
    date,
    PlainValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "A day by the home's clock, which counts too."}),
]
Sought = Annotated[
    str, Field(min_length=1, max_length=record.LONGEST_TEXT, json_schema_extra=NO_NUL), AfterValidator(_storable)
]


def _yes_or_no(value: Any) -> Any:
    if value not in {"true", "false"}:
        raise ValueError("Give true or false.")
    return value == "true"


Flag = Annotated[bool, PlainValidator(_yes_or_no), WithJsonSchema({"type": "boolean"})]
Voltage = Annotated[int, Field(ge=50, le=1000)]
Percent = Annotated[int, Field(ge=1, le=100)]

Shed = Annotated[
    list[Id],
    Field(
        max_length=10_000,
        description="To lower a limit below its load on purpose: the appliances to switch off with it, exactly those "
        "that the refusal without it named in `would_shed`.",
    ),
]

IdInPath = Annotated[int, Path(..., ge=1, le=MOST_ID)]
Slug = Annotated[str, Path(..., pattern="^[-a-zA-Z0-9_]+$", description="The address of the home.")]
