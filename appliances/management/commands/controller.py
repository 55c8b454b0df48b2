"""The controller in a process of its own; `serve` runs one beside the server."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appliances.services import tending
from voltsafe import controller


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
        self.stdout.write("The controller runs.")
        self.stdout.flush()
        controller.run(stop)
