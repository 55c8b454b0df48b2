"""Recompute everything from raw rows and the decision record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appliances.services import verifying


class Command(BaseCommand):
    help = "Recomputes every load and replays the record; prints what differs, and exits with 1 if anything does."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for line in verifying.differences():
            found += 1
            self.stdout.write(line)
        if found:
            raise CommandError(f"{found} differences.")
        self.stdout.write("Everything adds up.")
