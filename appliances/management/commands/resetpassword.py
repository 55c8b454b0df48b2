"""Let somebody in again who has lost their password, or their second factor."""

import getpass
import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from appliances.models import User
from appliances.services import accounts, actor
from appliances.services.cleaning import Invalid
from appliances.services.fair_turn import TookTooLong

LENGTH = 15
"""Random bytes of a password made here: twenty letters."""


class Command(BaseCommand):
    help = "Gives USER a new password, asked for twice, and signs them out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the name they sign in with")
        parser.add_argument("--generate", action="store_true", help="make a random password and print it")
        parser.add_argument(
            "--without-second-factor",
            action="store_true",
            help="remove their authenticator app, passkeys and recovery codes too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is nobody called {options['user']!r}.")
        password = secrets.token_urlsafe(LENGTH) if options["generate"] else self._asked()
        now, removed = timezone.now(), 0
        try:
            accounts.set_password(user_id=user.pk, password=password, by=actor.SYSTEM, now=now)
            if options["without_second_factor"]:
                removed = accounts.remove_factors(user_id=user.pk, by=actor.SYSTEM, now=now)
        except Invalid as why:
            raise CommandError(" ".join(text for texts in why.errors.values() for text in texts)) from why
        except TookTooLong as why:
            raise CommandError("The database was busy. Nothing more was changed; try again.") from why
        if options["generate"]:
            self.stdout.write(password)
        self.stderr.write(self._said(user, removed))

    @staticmethod
    def _asked() -> str:
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask for the password in. Try --generate.")
        password = getpass.getpass("New password: ")
        if getpass.getpass("Again: ") != password:
            raise CommandError("The two passwords differ. Nothing was changed.")
        return password

    @staticmethod
    def _said(user: User, removed: int) -> str:
        lines = [f"{user.get_username()} has a new password and is signed out everywhere."]
        if removed:
            lines.append("The password alone lets them in: they should set up their second factor again.")
        if not user.is_active:
            lines.append("They still may not sign in: their account is switched off, in the administration.")
        return "\n".join(lines)
