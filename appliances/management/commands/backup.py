"""Everything that must be kept, in one file, while VoltSafe runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appliances.services.doctor import backup
from voltsafe.backups import making, restoring
from voltsafe.backups.archive import CannotBackUp

SECRETS = "Keep it as you keep a key: it holds hashes of passwords and tokens, and the locked secrets of second factors"
WITH_KEY = f"{SECRETS}, and the secret key that unlocks those."
WITHOUT_KEY = f"{SECRETS}. The secret key is not inside: keep that too, or second factors cannot be used again."


class Command(BaseCommand):
    help = "Writes the database and the secret key into one file, as they are at one moment, while VoltSafe runs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a file that is not there yet, or a folder")
        parser.add_argument("--without-secret-key", action="store_true", help="leave the secret key out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = making.make(
                options["path"].absolute(), now=timezone.now(), with_key=not options["without_secret_key"]
            )
        except CannotBackUp as why:
            raise CommandError(str(why)) from why
        backup.note()
        size = made.path.stat().st_size / 1024
        self.stdout.write(f"{made.path}: {restoring.summary(made.manifest)}, {size:.0f} kB.")
        self.stdout.write(WITHOUT_KEY if options["without_secret_key"] else WITH_KEY)
        for line in made.differences:
            self.stderr.write(f"`verify` finds in it: {line}")
        if made.differences:
            self.stderr.write("It is restored with --despite-differences only. See to them, then make another one.")
