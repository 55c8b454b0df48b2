"""Single-row statements for the path that every switch takes: the SQL is made once, the values go through the fields.

Django's own writes build their statement anew each time, a quarter of a millisecond each. No signals, no defaults of
the database; the row knows its id afterwards.
"""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

from appliances.statements import Statement

Row = TypeVar("Row", bound=models.Model)

PLAIN = (models.CharField, models.BooleanField, models.IntegerField, models.ForeignKey)
"""Fields whose value in Python is what SQLite takes as it is."""


def insert(row: models.Model) -> None:
    """A new row; its id is the database's to give."""
    readers, statement = _insert(type(row), connection.vendor)
    values = [read(row) for read in readers]
    row.pk = statement.ask(values)[0][0]
    row._state.adding = False
    row._state.db = connection.alias


def copy(row: Row, *, with_related: bool = True) -> Row:
    """Another object of the same row, whose columns may be set without touching the first; and with what was read
    along with it, unless it is to be asked for that anew."""
    made = object.__new__(type(row))
    made.__dict__.update(row.__dict__)
    state = made.__dict__["_state"] = ModelState()
    state.adding, state.db = row._state.adding, row._state.db
    if with_related:
        state.fields_cache = dict(row._state.fields_cache)
    return made


def update(model: type[models.Model], pk: int, **values: Any) -> None:
    """These columns of that row; it may be gone."""
    statement, given = _updating(model, pk, values)
    statement.do(given)


def update_and_tell(model: type[models.Model], pk: int, *, column: str, **values: Any) -> Any:
    """The same of a row that is there, and what is in that column then."""
    statement, given = _updating(model, pk, values, f" RETURNING {_quote(column)}")
    return statement.ask(given)[0][0]


def _updating(
    model: type[models.Model], pk: int, values: dict[str, Any], and_tell: str = ""
) -> tuple[Statement, list[Any]]:
    here = connections[DEFAULT_DB_ALIAS]
    fields, statement = _update(model, tuple(values), and_tell, here.vendor)
    given = [field.get_db_prep_save(value, here) for field, value in zip(fields, values.values(), strict=True)]
    return statement, [*given, pk]


@cache
def _insert(model: type[models.Model], vendor: str) -> tuple[list[Callable[[Any], Any]], Statement]:
    meta, quote = model._meta, _quote
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    key = quote(meta.pk.column)
    sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places}) RETURNING {key}"  # noqa: S608
    return [_reader(field, vendor) for field in fields], Statement(sql)


def _reader(field: Any, vendor: str) -> Callable[[Any], Any]:
    """What is to be saved of a row in this field."""
    if vendor == "sqlite" and isinstance(field, PLAIN):
        return attrgetter(field.attname)
    return lambda row: field.get_db_prep_save(field.pre_save(row, add=True), connections[DEFAULT_DB_ALIAS])


@cache
def _update(
    model: type[models.Model], names: tuple[str, ...], and_tell: str, _vendor: str
) -> tuple[list[Any], Statement]:
    meta, quote = model._meta, _quote
    fields: list[Any] = [meta.get_field(name) for name in names]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(meta.pk.column)} = %s{and_tell}"  # noqa: S608
    return fields, Statement(sql)


def _quote(name: Any) -> str:
    return str(connection.ops.quote_name(name))
