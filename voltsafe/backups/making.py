"""Make a backup while everything runs: one moment of the database, in one file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import DatabaseError, connection

from appliances.services import probing, verifying
from voltsafe.backups import archive, keys, manifest, tables
from voltsafe.backups.archive import CannotBackUp, Writer
from voltsafe.backups.manifest import FORMAT, Kept, Manifest
from voltsafe.version import VERSION

PREFIX = "voltsafe-"


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    manifest: Manifest
    differences: list[str]
    """What `verify` says of this moment; only looked for where the schema is this program's."""


def engine() -> ModuleType:
    """Of the database there is; the driver of the other takes a tenth of a second of every start, and is not loaded."""
    return import_module(f"voltsafe.backups.{connection.vendor}")


def make(path: Path, *, now: datetime, with_key: bool, prefix: str = PREFIX) -> Made:
    """In `path`, or under a name of its own where that is a folder. Raises CannotBackUp."""
    if path.is_dir():
        archive.clear(path, prefix)
        path = path / f"{prefix}{now.astimezone(UTC):%Y-%m-%dT%H%M%S.%fZ}.zip"
    elif path.suffix != ".zip":
        raise CannotBackUp(f"{path} is no folder that is there. Name one, or a file that ends in .zip.")
    try:
        with archive.written(path) as writer, engine().one_moment():
            newer, missing = probing.migrations()
            if newer:
                raise CannotBackUp(
                    f"A newer VoltSafe wrote this database (it has {', '.join(newer)}). Back it up with that version."
                )
            made = _of_this_moment(writer, now=now, with_key=with_key)
            found = [] if missing else verifying.differences()
            writer.finish(made)
    except DatabaseError as why:
        said = (str(why).strip() or type(why).__name__).splitlines()[0]
        raise CannotBackUp(f"The database cannot be read: {said}. Nothing was left behind.") from why
    return Made(path, made, found)


def _of_this_moment(writer: Writer, *, now: datetime, with_key: bool) -> Manifest:
    migrations = tables.made()
    if not migrations:
        raise CannotBackUp("There is nothing to back up: this database was never used by VoltSafe. See DATABASE_URL.")
    kept = {table.name: _keep(writer, table) for table in tables.of(migrations)}
    if with_key:
        writer.add(manifest.KEY, [settings.SECRET_KEY.encode()])
    return Manifest(
        format=FORMAT,
        version=VERSION,
        made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        engine=connection.vendor,
        migrations=migrations,
        key_fingerprint=keys.fingerprint(settings.SECRET_KEY),
        tables=kept,
        sha256=writer.sha256,
    )


def _keep(writer: Writer, table: tables.Table) -> Kept:
    of = engine()
    dump: Callable[[tables.Table], Iterable[bytes]] = of.dump
    rows = writer.add(manifest.member(table.name), dump(table))
    # After the rows: a number that was given out meanwhile does no harm, one too few would be given twice.
    return Kept([column.name for column in table.columns], rows, of.last_id(table) if table.counter else 0)
