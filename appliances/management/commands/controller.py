"""The controller in a process of its own; `serve` runs one beside the server."""

import signal
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from appliances.services import tending
from voltsafe import controller, controller_metrics, running, startup


class Command(BaseCommand):
    help = "Expire, start, shed and bring back what is due in every home, once a second, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one tick, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self.stdout.write(f"{tending.tick(timezone.now())} homes were looked at.")
            return
        stop = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stop.set())
        try:
            with running.marked(), controller_metrics.served(settings.CONTROLLER_METRICS, self._say):
                self._run(stop)
        except startup.CannotStart as why:
            self.stderr.write(f"The controller cannot start. {why}")
            sys.exit(1)

    def _run(self, stop: threading.Event) -> None:
        if controller.wait_until_prepared(stop, self._say):
            self._say("The controller runs.")
            controller.run(stop, ran=controller.Sign(Path(settings.DATA_DIR, "controller.ran")).give)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
