"""Queries that are asked all the time, made into SQL once: the values are put in, the rows come out as ever.

Making a query's SQL takes Django several times as long as asking it. A prepared query is an ordinary queryset, built
once for each engine with stand-ins for its values; it may compare columns with them and do nothing else with them.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

from appliances.statements import Statement

Row = TypeVar("Row", bound=models.Model)


class Prepared(Generic[Row]):
    """`Prepared(lambda pk: Home.objects.filter(pk=pk), int)`; the kinds are int or str, one for each value."""

    def __init__(self, build: Callable[..., "models.QuerySet[Any]"], *kinds: type[int] | type[str]) -> None:
        self._build, self._kinds = build, kinds
        self._compiled: dict[str, _Compiled] = {}

    def all(self, *values: int | str) -> list[Row]:
        return list(self._rows(values))

    def first(self, *values: int | str) -> Row | None:
        return next(self._rows(values), None)

    def _rows(self, values: tuple[int | str, ...]) -> Iterator[Row]:
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = self._compiled[connection.vendor] = _Compiled(self._build, self._kinds)
        return iter(compiled.ask(values))


class _Compiled:
    def __init__(self, build: Callable[..., "models.QuerySet[Any]"], kinds: tuple[type, ...]) -> None:
        stand_ins = [_STAND_INS[kind](number) for number, kind in enumerate(kinds)]
        query = build(*stand_ins).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        self._statement = Statement(sql)
        self._params = [(stand_ins.index(one) if one in stand_ins else None, one) for one in params]
        assert {place for place, _value in self._params if place is not None} == set(range(len(kinds)))
        select, info = compiler.select, compiler.klass_info
        self._model = info["model"]
        fields = info["select_fields"]
        self._slice = slice(fields[0], fields[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._slice]]
        self._related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]
        self._converters = compiler.get_converters([column[0] for column in select])
        self._convert = compiler.apply_converters
        self._annotations = compiler.annotation_col_map.items()

    def ask(self, values: tuple[int | str, ...]) -> Iterator[Any]:
        params = [one if place is None else values[place] for place, one in self._params]
        rows = self._statement.ask(params)
        for row in self._convert(rows, self._converters) if self._converters else rows:
            made = self._model.from_db(connection.alias, self._names, row[self._slice])
            for populator in self._related:
                populator.populate(row, made)
            for name, place in self._annotations:
                setattr(made, name, row[place])
            yield made


_STAND_INS: dict[type, Callable[[int], int | str]] = {
    int: lambda number: 1_940_917_000 + number,
    str: lambda number: f"\x01stand-in {number}\x01",
}
