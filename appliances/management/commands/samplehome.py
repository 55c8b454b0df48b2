"""Make the sample home, or complete it; run again it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from appliances.models import User
from appliances.services import actor, membership, sample_home


class Command(BaseCommand):
    help = "Makes the sample flat and lets USER (without one: every administrator) into it as owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?", help="the name they sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        people = User.objects.filter(is_active=True)
        chosen = people.filter(username=options["user"]) if options["user"] else people.filter(is_superuser=True)
        if options["user"] and not chosen:
            raise CommandError(f"There is no active person called {options['user']!r}.")
        asked: dict[str, Any] = {"by": actor.SYSTEM, "now": timezone.now()}
        changed = sample_home.add(**asked)
        joined = [user for user in chosen if membership.let_in(user=user, slug=sample_home.SLUG, **asked)]
        self.stdout.write("The sample home is ready." if changed else "The sample home was there already.")
        for user in joined:
            self.stdout.write(f"{user.get_username()} is an owner of it.")
