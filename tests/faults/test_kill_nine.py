"""kill -9 of the web process and of the controller under load, again and again: nothing answered is lost or doubled."""

from collections.abc import Callable
from random import Random, random

from tests.faults import looking, place
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.looking import Reader
from tests.faults.place import CONTROLLER, Place
from tests.faults.scale import RIGHT_AGAIN, TORTURE

KILLS = 4 * TORTURE


def test_killed_in_the_middle_of_its_work(flat: Place, figure: Callable[[str], None]) -> None:
    dice, longest = Random(random()), 0.0
    with (
        place.serving(flat, VOLTSAFE_CONTROLLER="0") as web,
        place.running(flat, CONTROLLER) as controller,
        Reader(flat) as reader,
        Followers(flat, [web.port], 5) as followers,
    ):
        with living(flat, [web.port]) as people:
            for number in range(KILLS):
                people.after(dice.randrange(5, 40))
                for process in [web, controller] if number % 2 else [web]:
                    process.kill()
                    process.start()
                longest = max(longest, web.serving())
        caught_up = followers.current(looking.revision(flat))

    reader.assert_never_over()
    looking.assert_whole(flat)
    flat.assert_verified()
    assert longest < RIGHT_AGAIN
    granted = sum(one.outcome == "granted" for one in people.told)
    figure(
        f" 6 kill -9: {KILLS} of web, {KILLS // 2} of the controller, {people.cut} requests cut; {len(people.told)} "
        f"answers, {granted} changes, 0 lost, 0 twice; serving again after {longest:.1f} s at most, "
        f"sockets current {caught_up:.1f} s after; {reader.looks} looks, none over a limit"
    )
