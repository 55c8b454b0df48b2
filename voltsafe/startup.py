"""What must hold before VoltSafe serves, made so where it is not; a second start finds nothing to do."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse
from django.utils import timezone

from appliances.interlock import guard
from appliances.services import probing, setup
from appliances.services.cleaning import Invalid
from appliances.services.doctor import configuration
from appliances.services.setup import AlreadySetUp
from voltsafe import addresses, env, static_files
from voltsafe.backups import automatic, holds
from voltsafe.backups.archive import CannotBackUp

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Owner:
    name: str
    password: str
    wants_sample_home: bool


class CannotStart(Exception):
    """Why, and what to do about it, in one line."""


def prepare(say: Say) -> list[str]:
    """Database, interlock, static files, first account; two starts at once take turns. Raises CannotStart.

    Returns what to tell whoever started it once it serves.
    """
    owner = _owner_of_the_environment()
    with one_at_a_time():
        try:
            _check_database_file()
            let_it_take_its_time()
            _migrate(say)
            guard.assert_intact(connection)
            static_files.collect(say)
            if owner is not None and not setup.is_set_up():
                _make_first_account(owner, say)
            return _what_to_do_now()
        except (DatabaseError, InconsistentMigrationHistory) as why:
            raise CannotStart(f"The database {name_of_database()} cannot be used: {_first_line(why)}") from why
        except guard.InterlockMissing as why:
            raise CannotStart(str(why)) from why
        except OSError as why:
            raise CannotStart(f"The data folder {settings.DATA_DIR} cannot be used: {why}") from why
        finally:
            connection.close()


def _owner_of_the_environment() -> Owner | None:
    """For the unattended first start."""
    name, password = env.text("VOLTSAFE_OWNER"), env.text("VOLTSAFE_OWNER_PASSWORD")
    wants_sample_home = env.flag("VOLTSAFE_SAMPLE_HOME")
    if bool(name) != bool(password):
        raise CannotStart("VOLTSAFE_OWNER and VOLTSAFE_OWNER_PASSWORD go together; only one of them is set.")
    return Owner(name, password, wants_sample_home) if name else None


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with Path(settings.DATA_DIR, "start.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _check_database_file() -> None:
    if connection.vendor != "sqlite":
        return
    path = Path(connection.settings_dict["NAME"])
    for one in (path, path.parent):
        if one.exists() and not os.access(one, os.W_OK):
            raise CannotStart(f"{one} is read-only, and the database must be written. Give this user the right to.")


def let_it_take_its_time() -> None:
    """A migration may take longer than a request; another machine that starts meanwhile waits for this one."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        patient: Any = connection
        patient.let_it_take_its_time()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('voltsafe start'))")


def missing_migrations() -> list[str]:
    """What the database lacks of this program's schema. Raises CannotStart where it has one that is newer."""
    newer, missing = probing.migrations()
    if newer:
        raise CannotStart(
            f"The database {name_of_database()} was written by a newer VoltSafe (it has {', '.join(newer)}). "
            "Start that version again; or, to stay with this one, restore the backup made before the upgrade: "
            f"`manage.py restore {Path(settings.DATA_DIR, automatic.FOLDER)}/{automatic.PREFIX}….zip --replace`."
        )
    MigrationLoader(connection).check_consistent_history(connection)
    return missing


def _migrate(say: Say) -> None:
    if missing_migrations():
        if holds.somebodys_rows():
            _back_up(say)
        say("Preparing the database ...")
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)


def _back_up(say: Say) -> None:
    """The state that the migrations meet. Raises CannotStart: without it nothing is migrated."""
    try:
        made = automatic.make(timezone.now())
    except (CannotBackUp, OSError) as why:
        raise CannotStart(
            f"The database is to be upgraded, which is not done without a backup, and that failed: {why} "
            "Nothing was changed. Or `manage.py backup` to another place, then `manage.py migrate`, then start."
        ) from why
    say(f"Backed up before the upgrade: {made.path}")


def _make_first_account(owner: Owner, say: Say) -> None:
    try:
        setup.set_up(
            username=owner.name,
            password=owner.password,
            wanted_home={"name": "Home"},
            sample=owner.wants_sample_home,
            now=timezone.now(),
        )
    except AlreadySetUp:
        return
    except Invalid as why:
        raise CannotStart(f"VOLTSAFE_OWNER or VOLTSAFE_OWNER_PASSWORD cannot be used: {why}") from why
    say(f"Made the account {owner.name!r} and its home.")


def _what_to_do_now() -> list[str]:
    at = addresses.of_this_server(settings.PUBLIC_URL, settings.HOST, settings.PORT)
    lines = [f"VoltSafe is ready: {at}/"]
    if configuration.hears_no_proxy():
        lines.append(f"{configuration.UNTOLD} {configuration.TRUST}")
    if not setup.is_set_up():
        lines.append(f"Set it up at {at}{reverse('welcome')} with the setup code {setup.setup_code()}")
    return lines


def name_of_database() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(database["NAME"])
    return f"{database['NAME']} at {database['HOST'] or 'the local socket'}"


def _first_line(why: Exception) -> str:
    return (str(why).strip() or type(why).__name__).splitlines()[0]
