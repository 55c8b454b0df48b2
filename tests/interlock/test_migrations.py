"""Migrations carry the interlock along, whatever they do to its tables, also when they fail or are killed."""

import contextlib
from typing import Any

import pytest
from django.core.management import call_command
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    migrations,
    models,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor as DjangoSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from appliances.interlock import guard
from tests.interlock import house
from tests.interlock.scratch import assert_still_guarded

TABLES = ("home", "circuit", "appliance", "decision")
A_COLUMN = {"home": "timezone", "circuit": "created_at", "appliance": "note", "decision": "actor_name"}
A_NAME = {"home": "name", "circuit": "name", "appliance": "name", "decision": "subject_name"}
A_WHOLE_NUMBER = {"home": "nominal_voltage", "circuit": "limit", "appliance": "rated", "decision": "revision"}

MODELS = {model._meta.model_name: model for model in (house.Home, house.Circuit, house.Appliance, house.Decision)}
COLUMNS = {table: MODELS[table]._meta.get_field(number).column for table, number in A_WHOLE_NUMBER.items()}


def apply(database: BaseDatabaseWrapper, *operations: Operation, atomic: bool = True) -> None:
    before: ProjectState = MigrationLoader(database).project_state()
    with database.schema_editor(atomic=atomic) as editor:
        for operation in operations:
            after = before.clone()
            operation.state_forwards("appliances", after)
            operation.database_forwards("appliances", editor, before, after)
            before = after


def changes_to(table: str) -> dict[str, Operation]:
    column, name, number = A_COLUMN[table], A_NAME[table], A_WHOLE_NUMBER[table]
    field = MODELS[table]._meta.get_field(name).clone()
    field.max_length = 150
    return {
        "a nullable field": migrations.AddField(table, "extra", models.IntegerField(null=True)),
        "a field with a default": migrations.AddField(table, "extra", models.IntegerField(default=7)),
        "a field with a database default": migrations.AddField(table, "extra", models.IntegerField(db_default=7)),
        "a unique field": migrations.AddField(table, "extra", models.IntegerField(null=True, unique=True)),
        "a foreign key": migrations.AddField(
            table, "extra", models.ForeignKey("appliances.User", models.SET_NULL, null=True, related_name="+")
        ),
        "a longer name": migrations.AlterField(table, name, field),
        "a number of another type": migrations.AlterField(
            table, number, models.BigIntegerField(db_column=COLUMNS[table])
        ),
        "a check": migrations.AddConstraint(
            table, models.CheckConstraint(condition=models.Q(**{f"{number}__gte": 0}), name="extra")
        ),
        "a unique constraint": migrations.AddConstraint(
            table, models.UniqueConstraint(fields=["id", name], name="extra")
        ),
        "a conditional unique constraint": migrations.AddConstraint(
            table, models.UniqueConstraint(fields=["id"], condition=models.Q(id__gt=1), name="extra")
        ),
        "an index": migrations.AddIndex(table, models.Index(fields=[name], name="extra")),
        "a renamed field": migrations.RenameField(table, column, "renamed"),
        "a removed field": migrations.RemoveField(table, column),
    }


CASES = [
    pytest.param(operation, id=f"{table}-{what}".replace(" ", "-"))
    for table in TABLES
    for what, operation in changes_to(table).items()
]


@pytest.mark.sqlite
@pytest.mark.parametrize("operation", CASES)
def test_is_kept_through(scratch: BaseDatabaseWrapper, operation: Operation) -> None:
    apply(scratch, operation)
    assert_still_guarded(scratch)


@pytest.mark.sqlite
def test_is_kept_through_all_of_them_in_one_migration(scratch: BaseDatabaseWrapper) -> None:
    kept = ("a foreign key", "a longer name", "a check", "a removed field")
    apply(
        scratch,
        *(
            operation
            for table in TABLES
            for what, operation in changes_to(table).items()
            if what in kept and not (what in ("a check", "a foreign key") and table != "home")
        ),
    )
    assert_still_guarded(scratch)


@pytest.fixture
def _django_alone(scratch: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(scratch), "SchemaEditorClass", DjangoSchemaEditor)


@pytest.mark.sqlite
@pytest.mark.usefixtures("_django_alone")
@pytest.mark.parametrize("table", ["circuit", "appliance", "decision"])
def test_control_django_alone_cannot_rebuild_what_other_triggers_read(scratch: BaseDatabaseWrapper, table: str) -> None:
    with pytest.raises(DatabaseError):
        apply(scratch, changes_to(table)["a field with a default"])


RENAMES = [
    pytest.param(migrations.RenameModel("Circuit", "Breaker"), id="circuits"),
    pytest.param(migrations.RenameModel("Appliance", "Load"), id="appliances"),
    pytest.param(migrations.RenameModel("Decision", "Verdict"), id="decisions"),
    *(
        pytest.param(migrations.AlterField(table, field.name, renamed), id=f"{table}-{field.name}")
        for table, name in [("circuit", "limit"), ("circuit", "load"), ("appliance", "rated"), ("appliance", "is_on")]
        for field in [MODELS[table]._meta.get_field(name)]
        for renamed in [type(field)(db_column="renamed", default=0)]
    ),
]


@pytest.mark.sqlite
@pytest.mark.parametrize("operation", RENAMES)
def test_renaming_what_it_names_is_refused_or_reported(scratch: BaseDatabaseWrapper, operation: Operation) -> None:
    try:
        apply(scratch, operation)
    except OperationalError:
        assert_still_guarded(scratch)
    else:
        assert guard.differences(scratch) != []


@pytest.mark.sqlite
def test_a_renamed_home_is_no_concern_of_it(scratch: BaseDatabaseWrapper) -> None:
    apply(scratch, migrations.RenameModel("Home", "Household"))
    assert_still_guarded(scratch)


@pytest.mark.sqlite
def test_a_migration_that_renames_takes_it_out_and_puts_it_in(scratch: BaseDatabaseWrapper) -> None:
    def take_out(apps: Any, editor: Any) -> None:
        guard.remove(editor.connection)

    def put_in(apps: Any, editor: Any) -> None:
        guard.install(editor.connection)

    back = migrations.RenameModel("Breaker", "Circuit")
    there = migrations.RenameModel("Circuit", "Breaker")
    apply(scratch, migrations.RunPython(take_out), there, back, migrations.RunPython(put_in))
    assert_still_guarded(scratch)


@pytest.mark.sqlite
@pytest.mark.parametrize("atomic", [True, False])
def test_is_kept_where_a_rebuild_fails(scratch: BaseDatabaseWrapper, atomic: bool) -> None:
    impossible = models.CheckConstraint(condition=models.Q(limit__lt=1), name="impossible")
    with pytest.raises(IntegrityError):
        apply(scratch, migrations.AddConstraint("circuit", impossible), atomic=atomic)
    assert_still_guarded(scratch)


@pytest.mark.sqlite
def test_is_kept_where_the_migration_goes_on_after_a_rebuild_failed(scratch: BaseDatabaseWrapper) -> None:
    impossible = models.CheckConstraint(condition=models.Q(limit__lt=1), name="impossible")
    circuit = MigrationLoader(scratch).project_state().apps.get_model("appliances", "circuit")
    with scratch.schema_editor() as editor, contextlib.suppress(IntegrityError):
        editor.add_constraint(circuit, impossible)
    assert_still_guarded(scratch)


@pytest.mark.django_db(transaction=True)
def test_its_migration_can_be_reversed_and_applied_again() -> None:
    try:
        call_command("migrate", "appliances", "0001", verbosity=0)
        assert len(guard.differences(connection)) > 10
    finally:
        call_command("migrate", verbosity=0)
    assert guard.differences(connection) == []
