"""Make a bearer token for the API and show it once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appliances.models import User
from appliances.services import tokens


class Command(BaseCommand):
    help = "Makes a bearer token for USER and prints it; it is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the name they sign in with")
        parser.add_argument("--name", default="token", help="what it is for, shown in the admin")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active person called {options['user']!r}.")
        _row, text = tokens.make(user=user, name=options["name"])
        self.stdout.write(text)
