"""The types of single fields: what they take, and what the OpenAPI document says of them."""

import re
from decimal import Decimal
from typing import Annotated, Any

from ninja import Path
from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from appliances.balancer import units
from appliances.models.appliance import Kind

MOST_ID = 2**63 - 1
"""The largest number both databases have for an id; asking them for a larger one is an error, not an answer."""

MOST_WATTS = units.MOST_MW // units.MW_PER_WATT
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


def _known_kind(text: str) -> str:
    if text not in Kind.values:
        raise ValueError(f"Choose one of {', '.join(Kind.values)}.")
    return text


ApplianceKind = Annotated[
    str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": list(Kind.values)})
]
Priority = Annotated[int, Field(ge=1, le=9, description="1 makes room first, 9 is kept on longest.")]
Voltage = Annotated[int, Field(ge=50, le=1000)]
Percent = Annotated[int, Field(ge=1, le=100)]
Id = Annotated[int, Field(ge=1, le=MOST_ID)]

IdInPath = Annotated[int, Path(..., ge=1, le=MOST_ID)]
Slug = Annotated[str, Path(..., pattern="^[-a-zA-Z0-9_]+$", description="The address of the home.")]
