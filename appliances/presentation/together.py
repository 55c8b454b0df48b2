"""The answers to changes that were carried out together: what they share is read and made into words once for all."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from appliances.presentation import resources, snapshot
from appliances.presentation.snapshot import Snapshot
from appliances.services.outcome import Changed


class Telling:
    """The home as the newest of these left it; `text` is how the door it goes through writes JSON."""

    def __init__(self, changes: Iterable[Changed], now: datetime, text: Callable[[Any], str]) -> None:
        self._now, self._text = now, text
        self._newest: dict[int, Changed] = {}
        self._homes: dict[int, tuple[Snapshot, str]] = {}
        for one in changes:
            if one.home_id not in self._newest or one.revision > self._newest[one.home_id].revision:
                self._newest[one.home_id] = one

    def switched(self, appliance_id: int, changed: Changed) -> str:
        """{changed, revision, appliance, load}; the last two of that revision or newer. Raises RemovedSince."""
        at, load = self._home(changed.home_id)
        return f'{self._text(resources.switched(at, appliance_id, changed))[:-1]},"load":{load}}}'

    def _home(self, home_id: int) -> tuple[Snapshot, str]:
        if home_id not in self._homes:
            at = snapshot.after(self._newest[home_id], self._now)
            self._homes[home_id] = at, self._text(resources.load(at))
        return self._homes[home_id]
