"""Single-row statements for the path that every switch takes: the SQL is made once, the values go through the fields.

Django's own writes build their statement anew each time, a quarter of a millisecond each. No signals, no defaults of
the database; the row knows its id afterwards.
"""

from functools import cache
from types import NoneType
from typing import Any

from django.db import connection, models


def insert(row: models.Model) -> None:
    """A new row; its id is the database's to give."""
    fields, sql = _insert(type(row), connection.vendor)
    values = [_prepared(field, as_is, field.pre_save(row, add=True)) for field, as_is in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    row._state.db = connection.alias


def update(model: type[models.Model], pk: int, **values: Any) -> None:
    """These columns of that row; it may be gone."""
    fields, sql = _update(model, tuple(values), connection.vendor)
    given = [_prepared(*field, value) for field, value in zip(fields, values.values(), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, pk])


def _prepared(field: Any, as_is: frozenset[type], value: Any) -> Any:
    return value if type(value) in as_is else field.get_db_prep_save(value, connection)


def _with_as_is(fields: list[Any], vendor: str) -> list[tuple[Any, frozenset[type]]]:
    """Each with the types that it hands to this database as they are: asking it takes longer than the statement."""
    texts, numbers = frozenset[type]({str, NoneType}), frozenset[type]({int, bool, NoneType})
    plain = dict.fromkeys(TEXTS, texts) | (dict.fromkeys(NUMBERS, numbers) if vendor == "sqlite" else {})
    return [(field, plain.get(type(field), frozenset[type]())) for field in fields]


TEXTS = (models.CharField, models.TextField)
NUMBERS = (models.BigIntegerField, models.PositiveBigIntegerField, models.IntegerField, models.BooleanField)


@cache
def _insert(model: type[models.Model], vendor: str) -> tuple[list[tuple[Any, frozenset[type]]], str]:
    meta, quote = model._meta, _quote
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    key = quote(meta.pk.column)
    return _with_as_is(
        fields, vendor
    ), f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places}) RETURNING {key}"  # noqa: S608


@cache
def _update(
    model: type[models.Model], names: tuple[str, ...], vendor: str
) -> tuple[list[tuple[Any, frozenset[type]]], str]:
    meta, quote = model._meta, _quote
    fields: list[Any] = [meta.get_field(name) for name in names]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    return _with_as_is(
        fields, vendor
    ), f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608


def _quote(name: Any) -> str:
    return str(connection.ops.quote_name(name))
