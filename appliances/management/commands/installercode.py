"""Tell whether a home asks for an installer code, or let it ask for none where the code was lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from appliances.models import Home
from appliances.services import actor, installer


class Command(BaseCommand):
    help = "Tells whether HOME asks for an installer code; with --clear it asks for none any more, which is on record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("home", help="its address, as in /homes/ADDRESS/")
        parser.add_argument("--clear", action="store_true", help="ask for no code any more")

    def handle(self, *args: Any, **options: Any) -> None:
        home = Home.objects.filter(slug=options["home"]).first()
        if home is None:
            known = ", ".join(Home.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no home at {options['home']!r}. There are: {known}.")
        if not home.installer_code:
            self.stdout.write(f"{home.name} asks for no installer code.")
        elif not options["clear"]:
            self.stdout.write(f"{home.name} asks for an installer code. With --clear it asks no more.")
        else:
            installer.change(home_id=home.pk, code="", by=actor.SYSTEM, now=timezone.now())
            self.stdout.write(f"{home.name} asks for no installer code any more. Set a new one in its settings.")
