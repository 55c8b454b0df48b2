"""PostgreSQL restarted under load, then stopped in its tracks: clean answers meanwhile, and right again after."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults import looking, place
from tests.faults.doors import ABOUT_FIVE, MOST_CONNECTIONS, ask_at_every_door
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.looking import Reader
from tests.faults.own_postgres import OwnPostgres, own_postgres
from tests.faults.place import Place
from tests.faults.scale import RIGHT_AGAIN, TORTURE, until

RESTARTS = 2 * TORTURE
STALLS = TORTURE


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def flat(server: OwnPostgres, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place.furnished(tmp_path_factory.mktemp("on_postgresql"), DATABASE_URL=server.url)


def test_restarted_at_once_again_and_again(server: OwnPostgres, flat: Place, figure: Callable[[str], None]) -> None:
    longest = 0.0
    with (
        place.serving(flat) as web,
        Reader(flat) as reader,
        Followers(flat, [web.port], 10) as followers,
    ):
        with living(flat, [web.port]) as people:
            for _ in range(RESTARTS):
                people.after(25)
                server.restart()
                began = time.monotonic()
                people.after(1)
                longest = max(longest, time.monotonic() - began)
            people.after(25)
        followers.current(looking.revision(flat))
        most = server.sessions()

    reader.assert_never_over()
    flat.assert_verified()
    assert people.cut == 0
    assert longest < RIGHT_AGAIN
    assert most <= MOST_CONNECTIONS
    figure(
        f"14 PostgreSQL restarted {RESTARTS} times: {len(people.told)} answers, 0 lost, 0 twice, "
        f"{len(people.apologies)} times 503 with Retry-After and nothing worse; answering again after {longest:.1f} s; "
        f"{most} connections; {reader.looks} looks, none over a limit"
    )


def test_stopped_in_its_tracks(server: OwnPostgres, flat: Place, figure: Callable[[str], None]) -> None:
    slowest = recovered = 0.0
    with place.serving(flat) as web, Followers(flat, [web.port], 10) as followers, living(flat, [web.port]) as people:
        for _ in range(STALLS):
            people.after(10)
            server.freeze()
            try:
                slowest = max(slowest, *ask_at_every_door(web, flat))
            finally:
                server.thaw()
            began = time.monotonic()
            people.after(10)
            recovered = max(recovered, time.monotonic() - began)
        followers.current(looking.revision(flat))
        until(lambda: server.sessions() <= MOST_CONNECTIONS, within=RIGHT_AGAIN, what="few connections are left")

    flat.assert_verified()
    assert people.apologies, "somebody asked while it stood still"
    slowest = max(slowest, *(one.took for one in people.apologies))
    assert slowest < ABOUT_FIVE
    assert recovered < RIGHT_AGAIN
    figure(
        f"14 PostgreSQL stalled {STALLS} times: {len(people.apologies)} times 503 with Retry-After, after "
        f"{slowest:.1f} s at most; {len(people.told)} answers, 0 lost, 0 twice; working again after {recovered:.1f} s"
    )
