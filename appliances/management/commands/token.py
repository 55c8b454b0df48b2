"""Make a bearer token for the API and show it once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from appliances.models import User
from appliances.models.token import Scope
from appliances.services import actor, tokens

LONGEST = 36_500
"""Days: a century."""


class Command(BaseCommand):
    help = "Makes a bearer token for USER and prints it; it is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the name they sign in with")
        parser.add_argument("--name", default="token", help="what it is for")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.ADMIN, help="what it may at most")
        parser.add_argument("--days", type=int, default=365, help="how long it is valid; 0 is for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active person called {options['user']!r}.")
        days, now = options["days"], timezone.now()
        if not 0 <= days <= LONGEST:
            raise CommandError(f"Days are from 0, for ever, to {LONGEST}.")
        expires_at = now + timedelta(days=days) if days else None
        _row, text = tokens.make(
            user=user, name=options["name"], scope=options["scope"], by=actor.SYSTEM, now=now, expires_at=expires_at
        )
        self.stdout.write(text)
