"""How many sockets one person, one token or one screen may have open in this process."""

from collections import Counter
from collections.abc import Hashable

from django.conf import settings

from appliances.live.visitor import Visitor

Owner = tuple[str, int]


class Crowd:
    def __init__(self) -> None:
        self._owners: dict[Hashable, list[Owner]] = {}
        self._open: Counter[Owner] = Counter()

    def enter(self, watcher: Hashable, visitor: Visitor) -> bool:
        """Count it, unless one of those it belongs to has as many as it may."""
        owners = _owners_of(visitor)
        if any(self._open[owner] >= most for owner, most in owners.items()):
            return False
        self._owners[watcher] = list(owners)
        self._open.update(owners.keys())
        return True

    def leave(self, watcher: Hashable) -> None:
        """Any number of times."""
        for owner in self._owners.pop(watcher, []):
            self._open[owner] -= 1
            if not self._open[owner]:
                del self._open[owner]


def _owners_of(visitor: Visitor) -> dict[Owner, int]:
    """A token is also its person's: who makes many has no more sockets for it."""
    found: dict[Owner, int] = {}
    if visitor.user_id is not None:
        found["person", visitor.user_id] = settings.SOCKETS_PER_PERSON
    if visitor.token_id is not None:
        found["token", visitor.token_id] = settings.SOCKETS_PER_DEVICE
    if visitor.wall_id is not None:
        found["wall", visitor.wall_id] = settings.SOCKETS_PER_DEVICE
    return found
