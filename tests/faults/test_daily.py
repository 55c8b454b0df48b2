"""What happens once a day, every two seconds: the server closes each socket, groups forget who is in them."""

from collections.abc import Callable

from tests.faults import looking, place, unlucky
from tests.faults.followers import Followers
from tests.faults.household import living
from tests.faults.place import Place
from tests.faults.scale import TORTURE

DAYS = 3 * TORTURE
SOCKETS = 20
NORMAL = 1000
"""The code with which the server closes what was open for a day: a page that takes it for good stands still."""


def test_nobody_shows_what_is_over(flat: Place, figure: Callable[[str], None]) -> None:
    longest = 0.0
    with (
        place.serving(flat, unlucky.serve("brief")) as web,
        Followers(flat, [web.port], SOCKETS) as followers,
        living(flat, [web.port], people=2) as people,
    ):
        while followers.closed[NORMAL] < DAYS * SOCKETS:
            people.after(10)
            longest = max(longest, followers.current(looking.revision(flat)))

    assert set(followers.closed) == {NORMAL}
    figure(
        f"16 the close of every day: {SOCKETS} sockets closed {followers.closed[NORMAL]} times with {NORMAL} and back; "
        f"current within {longest:.1f} s at any moment of {len(people.told)} answers"
    )
