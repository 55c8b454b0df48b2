"""Let old decisions go, and whatever else has had its time."""

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appliances.models import Home
from appliances.services import pruning, retention
from appliances.services.fair_turn import TookTooLong
from appliances.services.pruning import Contradiction
from voltsafe import env


class Command(BaseCommand):
    help = (
        "Removes decisions older than VOLTSAFE_KEEP_DECISIONS, --keep or --before, never the newest of a home, and "
        "keeps what they add up to; also answers to requests with a key, tries, sessions and invitations that are over."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--keep", metavar="TIME", help="how much is kept, such as 90d or 52w; 7d at least")
        which.add_argument("--before", metavar="DATE", help="remove what was decided before this day (UTC)")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be removed")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        before = _before(options["keep"], options["before"], now)
        if not options["dry_run"]:
            for what, count in retention.forget_what_passes(now).items():
                if count:
                    self.stdout.write(f"{what}: {count} removed.")
        if before is None:
            self.stdout.write("Decisions are kept for ever. Name a time: --keep 365d.")
            return
        self._decisions(before, is_dry_run=options["dry_run"])

    def _decisions(self, before: datetime, *, is_dry_run: bool) -> None:
        names = dict(Home.objects.values_list("pk", "slug"))
        count, failed = 0, 0
        for home_id in pruning.homes_on_record():
            name = "accounts" if home_id is None else names.get(home_id, f"home {home_id}, which is gone")
            try:
                found = pruning.foreseen(home_id, before) if is_dry_run else sum(pruning.remove(home_id, before))
            except (Contradiction, TookTooLong) as why:
                failed += 1
                self.stderr.write(f"{name}: {why or 'it was busy; run this again.'}")
                continue
            count += found
            if found:
                self.stdout.write(f"{name}: {found} decisions.")
        would_be = "would be removed" if is_dry_run else "were removed"
        self.stdout.write(f"{count} decisions from before {before:%Y-%m-%d %H:%M} UTC {would_be}.")
        if failed:
            raise CommandError(f"{failed} of the above were left as they are.")


def _before(keep: str | None, date: str | None, now: datetime) -> datetime | None:
    """None: everything is kept."""
    if date is not None:
        return _day(date, now)
    try:
        kept: timedelta | None = settings.KEEP_DECISIONS if keep is None else env.as_period("--keep", keep)
    except ImproperlyConfigured as why:
        raise CommandError(str(why)) from why
    return None if kept is None else now - kept


def _day(text: str, now: datetime) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise CommandError(f"--before is {text!r}; give a day such as 2026-01-31.") from None
    if day > now - env.SHORTEST_PERIOD:
        raise CommandError(f"--before is {text}; the last {env.SHORTEST_PERIOD.days} days are always kept.")
    return day
