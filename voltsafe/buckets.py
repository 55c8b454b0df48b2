"""How often something may happen: a bucket a key, filled by the minute, emptied one by one. Pure: time is told."""

from dataclasses import dataclass, field

MINUTE = 60.0
MOST_KEYS = 10_000
"""So many are remembered; whoever has more addresses than that is not stopped by counting them."""


@dataclass(slots=True)
class Buckets:
    per_minute: int
    most_keys: int = MOST_KEYS
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    """How much was in the bucket, and when; one that is not here is full."""

    def take(self, key: str, now: float) -> bool:
        """Whether there was one left to take."""
        left = self._now_in(key, now)
        if left < 1:
            return False
        self._left.pop(key, None)
        self._left[key] = (left - 1, now)
        if len(self._left) > self.most_keys:
            self._forget(now)
        return True

    def is_empty(self, key: str, now: float) -> bool:
        return self._now_in(key, now) < 1

    def seconds_until_next(self, key: str, now: float) -> float:
        return max(0.0, 1 - self._now_in(key, now)) * MINUTE / self.per_minute

    def _now_in(self, key: str, now: float) -> float:
        if key not in self._left:
            return self.per_minute
        left, at = self._left[key]
        return min(self.per_minute, left + (now - at) * self.per_minute / MINUTE)

    def _forget(self, now: float) -> None:
        """Those that are full again, and if that is not enough the longest unused: they are first."""
        for key in list(self._left):
            if len(self._left) > self.most_keys // 2 or now - self._left[key][1] >= MINUTE:
                del self._left[key]
