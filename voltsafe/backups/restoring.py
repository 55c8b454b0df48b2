"""A backup becomes the database: checked before anything is touched, verified before it counts, whole or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F

from appliances.interlock import guard
from appliances.models import Circuit, Home
from appliances.models.home import new_lineage
from appliances.services import probing, verifying
from voltsafe import running, startup
from voltsafe.backups import archive, holds, keys, making, tables
from voltsafe.backups.archive import Reader
from voltsafe.backups.manifest import CannotRestore, Manifest
from voltsafe.running import Runs

Say = Callable[[str], None]

SHOWN = 5
"""Differences that are named."""


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    differences: list[str]
    of_key: str


def restore(path: Path, *, replace: bool, despite_differences: bool, say: Say) -> Restored:
    """Raises CannotRestore; then the database is as it was."""
    try:
        with archive.opened(path) as reader:
            _check_migrations(reader.manifest)
            with _by_itself():
                there = _what_is_there()
                if there and not replace:
                    raise CannotRestore(f"{there} Give --replace to lose that and have what is in {path} instead.")
                say(f"Restoring {summary(reader.manifest)}.")
                engine = making.engine()
                with engine.replacement():
                    found = _build(engine, reader, despite_differences=despite_differences)
                guard.forget(connection)
                return Restored(reader.manifest, found, keys.put_back(reader.key(), reader.manifest.key_fingerprint))
    except DatabaseError as why:
        raise CannotRestore(f"The database says: {_first_line(why)}. It is as it was.") from why
    except OSError as why:
        raise CannotRestore(f"{why.strerror or why}. The database is as it was.") from why
    finally:
        connection.close()


def summary(made: Manifest) -> str:
    counts = ((made.rows(f"appliances_{noun}"), noun) for noun in ("home", "appliance", "decision", "user"))
    held = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
    return f"the state of {made.made_at} ({held})"


def _check_migrations(made: Manifest) -> None:
    unknown = sorted(set(made.migrations) - tables.known())
    if unknown:
        raise CannotRestore(
            f"It was made by a newer VoltSafe ({made.version}; it has {', '.join(unknown)}). Restore it with that one."
        )


@contextmanager
def _by_itself() -> Iterator[None]:
    try:
        with running.alone(), startup.one_at_a_time():
            startup.let_it_take_its_time()
            if others := making.engine().others():
                raise CannotRestore(f"{others}. Stop VoltSafe everywhere, its controller too, and what else uses it.")
            yield
    except Runs as why:
        raise CannotRestore("VoltSafe is running on this data. Stop it, and its controller too, then again.") from why


def _what_is_there() -> str:
    """What would be lost, in a sentence; nothing where nothing would."""
    name = startup.name_of_database()
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return ""
    try:
        if holds.somebodys_rows():
            return f"The database {name} holds homes, people or decisions already."
    except DatabaseError as why:
        if connection.vendor != "sqlite":
            raise
        return f"The database {name} cannot be read ({_first_line(why)}), and what it holds is not known."
    return ""


def _build(engine: ModuleType, reader: Reader, *, despite_differences: bool) -> list[str]:
    """Into the empty database behind the default connection. Returns what `verify` says of it."""
    made = reader.manifest
    executor = MigrationExecutor(connection)
    executor.migrate(tables.newest(executor.loader, made.migrations))
    with transaction.atomic():
        _load(engine, reader)
        # What is still to be checked at the end would keep the migrations that follow from these tables.
        connection.check_constraints()
    if probing.migrations()[1]:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    # What programs and pages remember of the old one stands for nothing here, whatever revision it comes to again.
    Home.objects.update(lineage=new_lineage())
    guard.forget(connection)
    if missing := guard.differences(connection):
        raise CannotRestore(f"The interlock would not be whole ({'; '.join(missing)}). The database is as it was.")
    if over := Circuit.objects.filter(load__gt=F("limit")).select_related("home").first():
        raise CannotRestore(
            f"{over.name} of {over.home.name} would carry more than its limit. The database is as it was."
        )
    found = verifying.differences()
    if found and not despite_differences:
        raise CannotRestore(
            f"`verify` finds {len(found)} differences in it ({'; '.join(found[:SHOWN])}). The database is as it was. "
            "Take an older backup, or give --despite-differences to have this one all the same."
        )
    return found


def _load(engine: ModuleType, reader: Reader) -> None:
    made = reader.manifest
    wanted = tables.of(made.migrations)
    if {table.name for table in wanted} != made.tables.keys():
        raise CannotRestore("It is damaged: it holds other tables than its migrations make. Take another one.")
    for table in wanted:
        kept = made.tables[table.name]
        with connection.cursor() as cursor:
            # What migrations have put there by themselves is in the backup too.
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")  # noqa: S608
        with engine.unguarded(table.name) if table.name in tables.RECORD else nullcontext():
            rows = engine.load(table.name, kept.columns, reader)
        if rows != kept.rows:
            raise CannotRestore(f"It is damaged: {table.name} has not as many rows as were written. Take another one.")
        if table.counter:
            engine.give_on_from(table, kept.last_id)


def _first_line(why: Exception) -> str:
    return (str(why).strip() or type(why).__name__).splitlines()[0]
