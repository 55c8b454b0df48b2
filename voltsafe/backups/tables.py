"""Which tables and columns a database has, by the migrations made in it: it may be older than this program."""

from dataclasses import dataclass

from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from appliances.interlock.tables import GUARDED

NOT_KEPT = {"django_session", "usersessions_usersession"}
"""A session's key lets in whoever has it, and one that was ended must not come back: people sign in again."""
FIRST = ("appliances_home", "appliances_circuit", "appliances_appliance")
"""In this order the interlock, where it is in place, lets a home come in, and watches what its circuits carry."""
RECORD = frozenset(GUARDED) - frozenset(FIRST)
"""Those that the interlock lets nobody write as they are to be: it asks for what was there when they were written."""

KINDS = {
    *("AutoField", "BigAutoField", "BigIntegerField", "PositiveBigIntegerField", "PositiveIntegerField"),
    *("PositiveSmallIntegerField", "BooleanField", "CharField", "SlugField", "TextField", "DateTimeField"),
    *("TimeField", "JSONField", "GenericIPAddressField"),
}
"""Those whose text is the same for both databases, as it is written here. Look after another one before it is used."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: str
    """Of Django's field, which tells how PostgreSQL has to write it."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    counter: str
    """The column whose numbers the database gives out, never the same twice; nothing where there is none."""


def made() -> list[str]:
    """The migrations in the database, of the apps this program has."""
    loader = MigrationLoader(connection)
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations if app in loader.migrated_apps)


def known() -> set[str]:
    """The migrations this program could make."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def newest(loader: MigrationLoader, migrations: list[str]) -> list[tuple[str, str]]:
    """Those of them that no other of them follows: they bring all others along."""
    parted = (one.partition(".") for one in migrations)
    made = {(app, name) for app, _dot, name in parted} & loader.graph.nodes.keys()
    followed = {parent.key for key in made for parent in loader.graph.node_map[key].parents}
    return sorted(made - followed)


def of(migrations: list[str]) -> list[Table]:
    """Every table of a database in which exactly these were made, in the order in which rows may come in."""
    loader = MigrationLoader(None)
    state = loader.project_state(newest(loader, migrations))
    found = [
        _table(model)
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in NOT_KEPT
    ]
    return sorted(found, key=lambda table: (table.name not in FIRST, _place(table.name), table.name))


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else 0


def _table(model: type[models.Model]) -> Table:
    fields = model._meta.concrete_fields
    columns = tuple(Column(str(field.column), kind(field)) for field in fields)
    counters = [str(field.column) for field in fields if isinstance(field, models.AutoField | models.BigAutoField)]
    return Table(model._meta.db_table, columns, counters[0] if counters else "")


def kind(field: "models.Field[object, object]") -> str:
    """Of what is in the column: a reference is as what it refers to."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field.get_internal_type()
