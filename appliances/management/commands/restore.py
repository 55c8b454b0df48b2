"""A backup becomes the database, here or on another machine, on SQLite or PostgreSQL."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from voltsafe.backups import restoring
from voltsafe.backups.manifest import CannotRestore


class Command(BaseCommand):
    help = "Puts a backup in the place of the database, whole or not at all, with VoltSafe stopped."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="what `manage.py backup` has written")
        parser.add_argument("--replace", action="store_true", help="lose what the database holds now")
        parser.add_argument(
            "--despite-differences", action="store_true", help="also where `verify` finds something wrong in it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["path"].absolute()
        try:
            restored = restoring.restore(
                path,
                replace=options["replace"],
                despite_differences=options["despite_differences"],
                say=self.stdout.write,
            )
        except CannotRestore as why:
            raise CommandError(f"{path} is not restored. {why}") from why
        for line in restored.differences:
            self.stderr.write(f"`verify` finds: {line}")
        if restored.of_key:
            self.stdout.write(restored.of_key)
        how = "Restored, differences and all." if restored.differences else "Restored, and verified."
        self.stdout.write(f"{how} Everyone signs in again. Start VoltSafe.")
