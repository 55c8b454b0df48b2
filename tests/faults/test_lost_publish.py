"""What was decided and never told to the channel layer: every socket shows it all the same."""

from collections.abc import Callable
from random import Random, random

from tests.faults import looking, place, unlucky
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.looking import Reader
from tests.faults.place import Place
from tests.faults.scale import TORTURE

DEATHS = 4 * TORTURE
ROUNDS = 5 * TORTURE


def test_a_process_dies_between_the_commit_and_telling_of_it(flat: Place, figure: Callable[[str], None]) -> None:
    dice, longest = Random(random()), 0.0

    with (
        place.serving(flat) as other,
        place.serving(flat, unlucky.serve("dying"), DIES_AT="10", VOLTSAFE_CONTROLLER="0") as web,
        Reader(flat) as reader,
        Followers(flat, [other.port], 20) as followers,
        # A limit would be told of, too.
        living(flat, [web.port], limits=0) as people,
    ):
        for left in reversed(range(DEATHS)):
            web.process.wait(60)
            longest = max(longest, followers.current(looking.revision(flat)))
            web.environment["DIES_AT"] = str(dice.randrange(2, 12)) if left else "0"
            web.start()
            web.serving()
        people.after(5)

    reader.assert_never_over()
    flat.assert_verified()
    figure(
        f"18 publish lost: killed {DEATHS} times between commit and publish; {len(people.told)} answers, 0 lost, "
        f"0 twice; {len(followers.shown)} sockets of another process current within {longest:.1f} s"
    )


def test_nothing_is_ever_told(flat: Place, figure: Callable[[str], None]) -> None:
    longest = 0.0

    with (
        place.serving(flat, unlucky.serve("silent")) as web,
        Followers(flat, [web.port], 20) as followers,
        living(flat, [web.port]) as people,
    ):
        for _ in range(ROUNDS):
            people.after(10)
            longest = max(longest, followers.current(looking.revision(flat)))

    assert followers.gaps == 0
    assert set(followers.opened) == {1}, followers.closed
    figure(
        f"18 publish lost: none of {len(people.told)} answers was ever told; {len(followers.shown)} sockets current "
        f"within {longest:.1f} s, none opened anew"
    )
