"""What everybody is told who comes while the database does not answer, by whichever door."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.faults.place import Place, Running

DOORS = ["/api/v1/homes/{slug}/load", "/homes/{slug}/", "/admin/", "/readyz", "/"]

ABOUT_FIVE = 10.0
"""What is asked of a stalled database is given up after five seconds or so; the machine of a test may be busy."""

MOST_CONNECTIONS = 14
"""Eight threads answer HTTP, four look after watchers, one tends; one more is being made anew."""


def ask_at_every_door(web: Running, flat: Place) -> list[float]:
    """Seconds until each of them apologized, twice over: with a connection of before the stall, and without one."""

    def ask(path: str) -> float:
        began = time.monotonic()
        by = (
            {"Authorization": f"Bearer {flat.home['tokens'][0]}"}
            if "/api/" in path
            else {"Cookie": flat.home["session"]}
        )
        status, headers, _text = web.ask("GET", path.format(**flat.home), **by)
        assert status == 503, (path, status)
        assert headers.get("Retry-After") or path == "/readyz", path
        return time.monotonic() - began

    with ThreadPoolExecutor(len(DOORS)) as crowd:
        return [took for _ in range(2) for took in crowd.map(ask, DOORS)]
