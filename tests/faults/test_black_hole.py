"""The network to PostgreSQL swallows all that is sent, both ways; later it lets everything through.

Another thing than a server that is stopped: this one works on, holds the locks of those it no longer hears, and learns
nothing of connections that were closed meanwhile.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.faults import looking, place
from tests.faults.doors import ABOUT_FIVE, MOST_CONNECTIONS, ask_at_every_door
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.looking import Reader
from tests.faults.own_postgres import own_postgres
from tests.faults.scale import RIGHT_AGAIN, until
from tests.faults.swallowing import ROUNDS, SECONDS, Network


def test_between_us_and_postgresql(network: Network, tmp_path: Path, figure: Callable[[str], None]) -> None:
    slowest = recovered = 0.0
    with own_postgres(network.far, network.inside) as server:
        flat = place.furnished(tmp_path / "flat", DATABASE_URL=server.url)
        past = replace(flat, more={"DATABASE_URL": server.past_the_network})
        with place.serving(flat) as web, Reader(past) as reader, Followers(flat, [web.port], 10) as followers:
            with living(flat, [web.port], people=6) as people:
                for _ in range(ROUNDS):
                    people.after(20)
                    with network.swallowing():
                        began, looks = time.monotonic(), reader.looks
                        slowest = max(slowest, *ask_at_every_door(web, flat))
                        time.sleep(max(0, began + SECONDS - time.monotonic()))
                        assert reader.looks > looks + 10, "the server itself works on"
                    began = time.monotonic()
                    people.after(20, within=RIGHT_AGAIN)
                    until(lambda: web.readiness()[0] == 200, within=RIGHT_AGAIN, what="it is ready again")
                    followers.current(looking.revision(past))
                    recovered = max(recovered, time.monotonic() - began)
            followers.current(looking.revision(past))
            lets_go = until(
                lambda: server.sessions() <= MOST_CONNECTIONS + 1, within=RIGHT_AGAIN, what="few connections are left"
            )
        reader.assert_never_over()
        flat.assert_verified()

    assert people.cut == 0
    assert people.apologies, "somebody asked meanwhile"
    slowest = max(slowest, *(one.took for one in people.apologies))
    assert slowest < ABOUT_FIVE
    assert recovered < RIGHT_AGAIN
    figure(
        f"14 the network swallows what is sent to PostgreSQL and from it for {SECONDS} s, {ROUNDS} times: "
        f"{len(people.apologies)} times 503 with Retry-After after {slowest:.1f} s at most; "
        f"{len(people.told)} answers, 0 lost, 0 twice; {reader.looks} looks past the network, none over a limit; "
        f"right again after {recovered:.1f} s, few connections left {lets_go:.1f} s later"
    )
