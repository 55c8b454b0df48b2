"""Numbers that a process counts for a monitor: counters, gauges, histograms; under a microsecond each time.

Kept apart from how they are printed (presentation.metrics), so that what counts needs no library and no registry.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Generic, TypeVar

Labels = tuple[str, ...]
Value = TypeVar("Value")


class Figure(Generic[Value]):
    """One number for every combination of labels that was seen, under its name in the exposition."""

    def __init__(self, name: str, says: str, labels: Sequence[str] = ()) -> None:
        self.name = name
        self.says = says
        self.labels = tuple(labels)
        self._lock = threading.Lock()
        self._values: dict[Labels, Value] = {}

    def read(self) -> Mapping[Labels, Value]:
        with self._lock:
            return dict(self._values)


class Counter(Figure[int]):
    """Only rises. Where there are no labels it begins with a nought, so that the first step is seen as one."""

    def __init__(self, name: str, says: str, labels: Sequence[str] = (), *, known: Sequence[Labels] = ()) -> None:
        super().__init__(name, says, labels)
        self._values.update(dict.fromkeys(known or ([] if labels else [()]), 0))

    def add(self, *labels: str, by: int = 1) -> None:
        with self._lock:
            self._values[labels] = self._values.get(labels, 0) + by


class Gauge(Counter):
    """Rises and falls."""


class Reading(Figure[int]):
    """What somebody keeps anyway, looked at when it is asked for."""

    def __init__(self, name: str, says: str) -> None:
        super().__init__(name, says)
        self.take: Callable[[], int] = lambda: 0

    def read(self) -> Mapping[Labels, int]:
        return {(): self.take()}


class Spread:
    """How many observations fell into each bucket (the last has no end), and what they came to."""

    __slots__ = ("counts", "total")

    def __init__(self, counts: list[int], total: float = 0.0) -> None:
        self.counts = counts
        self.total = total


class Histogram(Figure[Spread]):
    """Observations by size; `bounds` are the buckets' upper ends, each one included."""

    def __init__(self, name: str, says: str, bounds: Sequence[float], labels: Sequence[str] = ()) -> None:
        super().__init__(name, says, labels)
        self.bounds = tuple(bounds)
        if not labels:
            self._values[()] = self._empty()

    def observe(self, size: float, *labels: str) -> None:
        place = bisect_left(self.bounds, size)
        with self._lock:
            spread = self._values.get(labels)
            if spread is None:
                spread = self._values[labels] = self._empty()
            spread.counts[place] += 1
            spread.total += size

    def timed(self) -> AbstractContextManager[None]:
        """Observe the seconds that what stands in the block takes, however it ends."""
        return _Timed(self)

    def read(self) -> Mapping[Labels, Spread]:
        with self._lock:
            return {labels: Spread([*one.counts], one.total) for labels, one in self._values.items()}

    def cumulative(self, spread: Spread) -> Iterator[tuple[float, int]]:
        """As Prometheus has them: each bucket counts what is below it too."""
        below = 0
        for bound, count in zip((*self.bounds, float("inf")), spread.counts, strict=True):
            below += count
            yield bound, below

    def _empty(self) -> Spread:
        return Spread([0] * (len(self.bounds) + 1))


class _Timed(AbstractContextManager[None]):
    __slots__ = ("_began", "_histogram")

    def __init__(self, histogram: Histogram) -> None:
        self._histogram = histogram

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._histogram.observe(perf_counter() - self._began)
