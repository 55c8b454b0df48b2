"""Two small homes written in raw SQL, and what must be true of them read back from raw rows.

Limits and watts are milliwatts. Home 1: main 1 (1000) feeds kitchen 2 (600) and garage 4 (800), the kitchen feeds
worktop 3 (500). Oven 1 (400, worktop) and heater 2 (500, garage) are on; kettle 3 (300, kitchen) and charger 4
(400, garage) are off. Home 2: main 11 (1000) with hob 11 (600, on) and iron 12 (500, off).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from appliances.interlock import guard
from appliances.models import Appliance, Checkpoint, Circuit, Decision, Home

OVEN, HEATER, KETTLE, CHARGER, HOB, IRON = 1, 2, 3, 4, 11, 12
MAIN, KITCHEN, WORKTOP, GARAGE, OTHER_MAIN = 1, 2, 3, 4, 11

Row = dict[str, Any]

NOW = timezone.now().replace(microsecond=0)
"""As exact as a fixture."""


def row(model: type[models.Model], **columns: Any) -> Row:
    """Every column of a new row but its id, with the model's defaults where nothing is said."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    kept = {field.column: _default(field) for field in fields}
    return {**kept, **columns}


def _default(field: models.Field) -> Any:
    if isinstance(field, models.DateTimeField):
        value: Any = NOW
    elif field.has_default() or isinstance(field, models.CharField):
        value = field.get_default()
    else:
        value = None
    return field.get_db_prep_save(value, connection)


def home(pk: int, **columns: Any) -> Row:
    return row(Home, id=pk, **{"name": f"home {pk}", "slug": f"home-{pk}", **columns})


def circuit(pk: int | None, home_id: int, parent_id: int | None, limit_mw: Any, **columns: Any) -> Row:
    named = {"name": f"circuit {pk}", "load_mw": 0, **columns}
    return row(Circuit, id=pk, home_id=home_id, parent_id=parent_id, limit_mw=limit_mw, **named)


def appliance(pk: int | None, home_id: int, circuit_id: int, rated_mw: Any, is_on: Any, **columns: Any) -> Row:
    named = {"name": f"appliance {pk}", **columns}
    return row(Appliance, id=pk, home_id=home_id, circuit_id=circuit_id, rated_mw=rated_mw, is_on=is_on, **named)


def decision(pk: int | None, home_id: int | None, revision: int, **columns: Any) -> Row:
    said = {"actor": "system", "action": "switch_on", "outcome": "granted", "subject": "appliance", "subject_id": 1}
    return row(Decision, id=pk, home_id=home_id, revision=revision, **{**said, "subject_name": "Oven", **columns})


def checkpoint(pk: int | None, home_id: int | None, up_to: Any, **columns: Any) -> Row:
    return row(Checkpoint, id=pk, home_id=home_id, up_to=up_to, **columns)


def insert(table: str, *rows: Row, verb: str = "INSERT", then: str = "") -> tuple[str, list[Any]]:
    """One INSERT of all the rows; the columns of an id that is None are left out."""
    names = [name for name, value in rows[0].items() if not (name == "id" and value is None)]
    values = ", ".join(["(" + ", ".join(["%s"] * len(names)) + ")"] * len(rows))
    sql = f"{verb} INTO appliances_{table} ({', '.join(names)}) VALUES {values} {then}"
    return sql, [one[name] for one in rows for name in names]


STATEMENTS = (
    insert("home", home(1), home(2)),
    insert(
        "circuit",
        circuit(MAIN, 1, None, 1000),
        circuit(KITCHEN, 1, MAIN, 600),
        circuit(WORKTOP, 1, KITCHEN, 500),
        circuit(GARAGE, 1, MAIN, 800),
        circuit(OTHER_MAIN, 2, None, 1000),
    ),
    insert(
        "appliance",
        appliance(OVEN, 1, WORKTOP, 400, True),
        appliance(HEATER, 1, GARAGE, 500, True),
        appliance(KETTLE, 1, KITCHEN, 300, False),
        appliance(CHARGER, 1, GARAGE, 400, False),
        appliance(HOB, 2, OTHER_MAIN, 600, True),
        appliance(IRON, 2, OTHER_MAIN, 500, False),
    ),
    insert("decision", decision(1, 1, 1), decision(2, 1, 2), decision(3, 2, 1)),
    *((sql, []) for sql in connection.ops.sequence_reset_sql(no_style(), [Home, Circuit, Appliance, Decision])),
)
"""Builds both homes, and lets new ids begin above theirs."""


def build() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, values in STATEMENTS:
            cursor.execute(sql, values)


def clear() -> None:
    """Empty the tables, which the interlock has to be taken out for."""
    with transaction.atomic(), connection.cursor() as cursor:
        guard.remove(connection)
        for table in ("checkpoint", "decision", "appliance", "circuit", "home"):
            cursor.execute(f"DELETE FROM appliances_{table}")
        guard.install(connection)


def select(table: str) -> tuple[str, list[str]]:
    """A query for every column as the database has it. SQLite's driver makes True of a 2 unless the + is there."""
    names = [field.column for field in apps.get_model("appliances", table)._meta.concrete_fields]
    raw = [f"+{name}" if connection.vendor == "sqlite" else name for name in names]
    return f"SELECT {', '.join(raw)} FROM appliances_{table}", names


def by_id(names: list[str], found: Iterable[Iterable[Any]]) -> dict[int, Row]:
    return {one["id"]: one for one in (dict(zip(names, values, strict=True)) for values in found)}


def rows(table: str) -> dict[int, Row]:
    sql, names = select(table)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return by_id(names, cursor.fetchall())


def broken_rules() -> list[str]:
    return broken_rules_of(rows("circuit"), rows("appliance"))


def broken_rules_of(circuits: dict[int, Row], appliances: dict[int, Row]) -> list[str]:
    """What the interlock promises and is not so, worked out from the rows alone."""
    return [
        *_wrong_values(circuits, appliances),
        *_wrong_tree(circuits, appliances),
        *_wrong_sums(circuits, appliances),
    ]


def _wrong_values(circuits: dict[int, Row], appliances: dict[int, Row]) -> Iterator[str]:
    for pk, one in circuits.items():
        if type(one["limit_mw"]) is not int or one["limit_mw"] < 0:
            yield f"the limit of circuit {pk} is {one['limit_mw']!r}"
        if type(one["load_mw"]) is not int:
            yield f"the load of circuit {pk} is {one['load_mw']!r}"
    for pk, one in appliances.items():
        if type(one["rated_mw"]) is not int or one["rated_mw"] <= 0:
            yield f"appliance {pk} is rated {one['rated_mw']!r}"
        if one["is_on"] not in (0, 1):
            yield f"appliance {pk} is on: {one['is_on']!r}"
    if connection.vendor == "sqlite":  # where -1 is what a trigger sees of an id still to be given
        yield from (f"{pk} is an id" for pk in [*circuits, *appliances] if pk < 1)


def _wrong_tree(circuits: dict[int, Row], appliances: dict[int, Row]) -> Iterator[str]:
    for pk, one in circuits.items():
        parent = circuits.get(one["parent_id"])
        if parent and parent["home_id"] != one["home_id"]:
            yield f"circuit {pk} is fed from another home"
        if _feeders(circuits, pk)[-1] == "a ring":
            yield f"circuit {pk} is in a ring"
    for pk, one in appliances.items():
        on_circuit = circuits.get(one["circuit_id"])
        if on_circuit and on_circuit["home_id"] != one["home_id"]:
            yield f"appliance {pk} is on a circuit of another home"
        if one["is_on"] and _feeders(circuits, one["circuit_id"])[-1] != "main":
            yield f"appliance {pk} is on, and nothing feeds it"


def _wrong_sums(circuits: dict[int, Row], appliances: dict[int, Row]) -> Iterator[str]:
    carried = dict.fromkeys(circuits, 0)
    for one in appliances.values():
        if one["is_on"]:
            for pk in _feeders(circuits, one["circuit_id"])[:-1]:
                carried[pk] += one["rated_mw"]
    for pk, mw in carried.items():
        if mw > circuits[pk]["limit_mw"]:
            yield f"circuit {pk} carries {mw} of {circuits[pk]['limit_mw']}"
        if mw != circuits[pk]["load_mw"]:
            yield f"circuit {pk} carries {mw}; its load says {circuits[pk]['load_mw']}"


def _feeders(circuits: dict[int, Row], pk: int | None) -> list[Any]:
    """A circuit and what feeds it, upwards, then how that ends: at the main, in a ring, or nowhere."""
    path: list[Any] = []
    while pk is not None:
        if pk in path:
            return [*path, "a ring"]
        if pk not in circuits:
            return [*path, "nowhere"]
        path.append(pk)
        pk = circuits[pk]["parent_id"]
    return [*path, "main"]
