"""Prepare what is missing, then serve: what `make run` runs."""

import os
import signal
import sys
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand

from voltsafe import controller, listening, running, startup
from voltsafe.listening import CannotListen
from voltsafe.startup import CannotStart


class Command(BaseCommand):
    help = "Prepare what is missing (database, static files), then serve until stopped."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        # Until the loop takes over; what is under way is as safe as from a power cut.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        try:
            with running.marked():
                self._serve()
        except KeyboardInterrupt:
            sys.exit(0)
        except (CannotListen, CannotStart, ImproperlyConfigured) as why:
            self.stderr.write(f"VoltSafe cannot start. {why}")
            sys.exit(1)

    def _serve(self) -> None:
        address = listening.free_address(settings.HOST, settings.PORT)
        lines = startup.prepare(self._say)
        # Imported last: it brings an event loop along, which nothing before it needs.
        from voltsafe import serving  # noqa: PLC0415

        with controller.Beside() if settings.CONTROLLER_BESIDE else nullcontext():
            served = serving.serve(address, settings.PORT, ready=lambda: self._say("\n".join(lines)))
        if not served:
            raise CannotStart(f"Port {settings.PORT} was taken while VoltSafe was starting.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
