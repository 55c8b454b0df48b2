"""What a change changes, field by field, as the record keeps it: {name: [before, after]}, watts as text."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from appliances.services.cleaning import Invalid, stripped

Changes = dict[str, list[Any]]


def apply(row: models.Model, wanted: Mapping[str, Any], allowed: Iterable[str]) -> Changes:
    """Set the wanted fields on `row` and return those that differ; a field nobody may set is an error."""
    unknown = sorted(set(wanted) - set(allowed))
    if unknown:
        raise Invalid({name: ["This cannot be changed here."] for name in unknown})
    before = {name: kept(getattr(row, name)) for name in wanted}
    for name, value in wanted.items():
        setattr(row, name, stripped(value) if name == "name" and isinstance(value, str) else value)
    return {name: [before[name], after] for name in wanted if (after := _as_set(row, name)) != before[name]}


def all_of(row: models.Model, names: Iterable[str]) -> Changes:
    """Everything about a new row."""
    return {name: [None, kept(getattr(row, name))] for name in names}


def none_left(row: models.Model, names: Iterable[str]) -> Changes:
    """Everything about a row that goes."""
    return {name: [kept(getattr(row, name)), None] for name in names}


def kept(value: Any) -> Any:
    """A value as JSON keeps it; a row as its id."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    return value.pk if isinstance(value, models.Model) else value


def _as_set(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    try:
        field = row._meta.get_field(name)
        return kept(field.to_python(value) if isinstance(field, models.Field) else value)
    except Exception:  # not a value of that field: cleaning will say so, kindly
        return kept(value)
