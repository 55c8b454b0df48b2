"""A clock that tests turn by hand, and the controller's ticks on it."""

from datetime import UTC, datetime, timedelta

from appliances.services import tending

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def tick(self, seconds: float = 0, *, every: float = 1) -> datetime:
        """Let `seconds` pass with a tick of the controller every so often, the last one at their end."""
        end = self.now + timedelta(seconds=seconds)
        while self.now < end:
            self.now = min(self.now + timedelta(seconds=every), end)
            tending.tick(self.now)
        if not seconds:
            tending.tick(self.now)
        return self.now

    def pass_by(self, seconds: float) -> datetime:
        """Let time pass without a controller."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def at(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=seconds)
