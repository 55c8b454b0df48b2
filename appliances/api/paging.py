"""Lists in pages: a cursor says where the last page ended, so what is added meanwhile moves nothing."""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from appliances.presentation.exact import Json
from appliances.presentation.field_types import MOST_ID
from appliances.services.cleaning import Invalid

MOST = 200
DEFAULT = 50


def _whole(text: Any) -> Any:
    """Digits and nothing else: no sign, no space, no fraction of zero."""
    if isinstance(text, str) and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(f"Give a number from 1 to {MOST}.")
    return text


class Paging(BaseModel):
    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most."), BeforeValidator(_whole)] = DEFAULT
    cursor: Annotated[str, Field(description="The `next` of the page before.")] = ""

    def after(self, of: str) -> int | None:
        """Where the page before ended in the list `of`. Raises Invalid."""
        return _opened(self.cursor, of) if self.cursor else None

    def page(self, rows: Iterable[Any], of: str, key: Callable[[Any], int], shape: Callable[[Any], Json]) -> Json:
        """One page of `rows`, which hold one more than a page where there is another."""
        found = list(rows)[: self.limit + 1]
        shown = found[: self.limit]
        more = len(found) > self.limit
        return {"items": [shape(row) for row in shown], "next": _sealed(of, key(shown[-1])) if more else None}

    def page_by_id(self, rows: Iterable[Any], of: str, shape: Callable[[Any], Json]) -> Json:
        """The same for all rows of a list, from the lowest id to the highest."""
        after = self.after(of) or 0
        ahead = sorted((row for row in rows if row.pk > after), key=lambda row: row.pk)
        return self.page(ahead, of, lambda row: row.pk, shape)


def _sealed(of: str, key: int) -> str:
    return base64.urlsafe_b64encode(f"{of}:{key}".encode()).decode().rstrip("=")


def _opened(cursor: str, of: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    found, _colon, number = text.partition(":")
    key = int(number) if number.isdecimal() and len(number) < 20 else 0
    if found != of or not 0 < key <= MOST_ID or _sealed(of, key) != cursor:
        raise Invalid({"cursor": ["This is not the `next` of a page of this list."]})
    return key
