"""Look at everything that may be wrong with an installation, in plain words."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appliances.services.doctor import examining
from appliances.services.doctor.finding import State


class Command(BaseCommand):
    help = "Says what is, whether it is well, and what to do where it is not; exits with 1 if something is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a machine")

    def handle(self, *args: Any, **options: Any) -> None:
        found = examining.examine(timezone.now())
        ill = sum(one.state is State.WRONG for one in found)
        doubtful = sum(one.state is State.WARNING for one in found)
        if options["json"]:
            self.stdout.write(json.dumps({"well": not ill, "findings": [asdict(one) for one in found]}, indent=2))
        else:
            for one in found:
                self.stdout.write(f"{one.state:8} {one.name:14} {one.said}")
                if one.do:
                    self.stdout.write(f"{'':23} -> {one.do}")
            self.stdout.write(f"{ill} wrong, {doubtful} to look at." if ill or doubtful else "All is well.")
        if ill:
            sys.exit(1)
