"""The network to Redis swallows all that is sent, both ways: decisions do without, and open sockets show them."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import looking, place
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.looking import Reader
from tests.faults.own_redis import own_redis
from tests.faults.place import Place
from tests.faults.scale import RIGHT_AGAIN, until
from tests.faults.swallowing import ROUNDS, SECONDS, Network


def test_between_us_and_redis(flat: Place, network: Network, tmp_path: Path, figure: Callable[[str], None]) -> None:
    slowest = stale = recovered = 0.0
    with own_redis(tmp_path, network.far, network.inside) as redis:
        flat.more["REDIS_URL"] = redis.url
        with (
            place.serving(flat, VOLTSAFE_CONTROLLER="0") as one,
            place.serving(flat, VOLTSAFE_CONTROLLER="0") as other,
            Reader(flat) as reader,
            Followers(flat, [one.port, other.port], 10) as followers,
            living(flat, [one.port, other.port]) as people,
        ):
            for _ in range(ROUNDS):
                people.after(20)
                with network.swallowing():
                    began = time.monotonic()
                    assert other.readiness()[0] == 503
                    while time.monotonic() < began + SECONDS:
                        people.after(10)
                        stale = max(stale, followers.current(looking.revision(flat)))
                began = time.monotonic()
                for server in (one, other):
                    until(lambda server=server: server.readiness()[0] == 200, within=30, what="ready again")
                recovered = max(recovered, time.monotonic() - began)
                people.after(20)
                followers.current(looking.revision(flat))

    reader.assert_never_over()
    flat.assert_verified()
    slowest = max(each.ended - each.began for each in people.told)
    assert people.cut == 0
    assert people.apologies == []
    assert set(followers.opened) == {1}, "nobody had to come again"
    assert recovered < RIGHT_AGAIN
    figure(
        f"14 the network swallows what is sent to Redis and from it for {SECONDS} s, {ROUNDS} times: "
        f"{len(people.told)} answers, 0 errors, after {slowest:.1f} s at most; {len(followers.opened)} sockets of two "
        f"processes current within {stale:.1f} s meanwhile, none opened anew; ready again after {recovered:.1f} s"
    )
