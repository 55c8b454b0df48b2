"""One who calls the services in a process of its own, without end; says at its end which revisions were its own."""

import json
import os
import sys
import threading
from datetime import UTC, datetime
from random import Random, random

import django


def main() -> None:
    django.setup()

    from appliances.models import Appliance
    from appliances.services import actor, switching
    from appliances.services.outcome import Busy, Refused

    ended, granted = threading.Event(), []
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    # Those that were furnished: what outlaws plug in comes and goes.
    appliances, dice = list(Appliance.objects.order_by("pk").values_list("pk", flat=True)[:9]), Random(random())
    print("ready", flush=True)  # noqa: T201
    while not ended.wait(0.01):
        on, pk = dice.random() < 0.7, dice.choice(appliances)
        try:
            changed = switching.switch(appliance_id=pk, on=on, by=actor.SYSTEM, now=datetime.now(UTC))
        except (Refused, Busy):
            continue
        if changed.decision is not None:
            granted.append(changed.revision)
    print(json.dumps(granted), flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    main()
