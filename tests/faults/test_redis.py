"""Redis killed, away, started again and emptied: decisions go on, and open sockets show them without a reload."""

from collections.abc import Callable
from pathlib import Path

from tests.faults import looking, place
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.own_redis import own_redis
from tests.faults.place import Place
from tests.faults.scale import TORTURE, until

ROUNDS = TORTURE
WHILE_AWAY = 30


def test_decisions_do_without_it_and_sockets_stay_current(
    flat: Place, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    longest = 0.0
    with own_redis(tmp_path) as redis:
        flat.more["REDIS_URL"] = redis.url
        with (
            place.serving(flat, VOLTSAFE_CONTROLLER="0") as one,
            place.serving(flat, VOLTSAFE_CONTROLLER="0") as other,
            Followers(flat, [one.port, other.port], 10) as followers,
        ):
            with living(flat, [one.port]) as people:
                for _ in range(ROUNDS):
                    redis.kill()
                    people.after(WHILE_AWAY)
                    longest = max(longest, followers.current(looking.revision(flat)))
                    assert other.readiness()[0] == 503
                    redis.start()
                    people.after(WHILE_AWAY)
                    longest = max(longest, followers.current(looking.revision(flat)))
                    redis.empty()
                    people.after(WHILE_AWAY)
                    longest = max(longest, followers.current(looking.revision(flat)))
            longest = max(longest, followers.current(looking.revision(flat)))
            for server in (one, other):
                until(lambda server=server: server.readiness()[0] == 200, within=15, what="it is ready again")

    assert people.cut == 0
    assert people.apologies == []
    assert set(followers.opened) == {1}, "nobody had to come again"
    flat.assert_verified()
    figure(
        f"13 Redis: {ROUNDS} times killed, started and flushed under load; {len(people.told)} answers, 0 errors; "
        f"{len(followers.opened)} sockets of two processes current within {longest:.1f} s, none opened anew"
    )
