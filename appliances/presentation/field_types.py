"""Fields that REST and the socket both take, and what is said of them."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

MOST_ID = 2**63 - 1
"""The largest number both databases have for an id; asking them for a larger one is an error, not an answer."""

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)

Id = Annotated[int, Field(ge=1, le=MOST_ID)]


def _moment(value: Any) -> datetime:
    """RFC 3339, with the offset from UTC: without it nobody knows which hour is meant."""
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise ValueError("Give a date and time with its offset from UTC, like 2030-01-31T19:30:00+01:00.")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (OverflowError, ValueError):
        raise ValueError("There is no such moment.") from None


Moment = Annotated[datetime, PlainValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
