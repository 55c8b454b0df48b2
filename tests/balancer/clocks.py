"""Moments, counted in seconds from one morning."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)
