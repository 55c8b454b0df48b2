"""`manage.py serve` to which something happens: run as `python -m tests.faults.unlucky KIND`."""

import os
import runpy
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

SLOW_FOR = 2.0
"""Seconds that reading the slow home takes."""

BRIEFLY = 2
"""Seconds after which a socket is closed and a group forgets who is in it; a day, otherwise."""


def silent() -> None:
    """Nothing that was decided is told to the channel layer."""
    from appliances import events

    events.publish = lambda **_told: None


def dying() -> None:
    """kill -9 of itself between a commit and telling of it: the DIES_AT-th; 0 never does."""
    from appliances import events

    publish, left = events.publish, int(os.environ["DIES_AT"])

    def publish_or_die(**told: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        publish(**told)

    events.publish = publish_or_die


def slow() -> None:
    """To read one of the homes takes long, as where a query waits for a disk."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voltsafe.settings")
    import django

    django.setup()
    from appliances.live import rendering

    refresh, home_id = rendering.refresh, int(os.environ["SLOW_HOME"])

    def refresh_slowly(pk: int, *rest: Any) -> Any:
        if pk == home_id:
            time.sleep(SLOW_FOR)
        return refresh(pk, *rest)

    rendering.refresh = refresh_slowly


def brief() -> None:
    """What takes a day takes a moment; what is done every minute is done every half second."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voltsafe.settings")
    from django.conf import settings

    settings.CHANNEL_LAYERS["default"]["CONFIG"]["group_expiry"] = BRIEFLY
    import django

    django.setup()
    from appliances.live import hub
    from voltsafe import serving

    hub.RENEW_EVERY = BRIEFLY / 4
    server = serving.DenyingServer
    serving.DenyingServer = lambda *given, **more: server(*given, **{**more, "websocket_timeout": BRIEFLY})


KINDS: dict[str, Callable[[], None]] = {one.__name__: one for one in (silent, dying, slow, brief)}


def serve(kind: str) -> list[str]:
    """The arguments that start it."""
    return ["-m", "tests.faults.unlucky", kind]


if __name__ == "__main__":
    KINDS[sys.argv[1]]()
    sys.argv = ["manage.py", "serve"]
    runpy.run_path("manage.py", run_name="__main__")
