"""Counters, gauges and histograms."""

import threading
from math import inf

import pytest

from appliances.telemetry.counting import Counter, Gauge, Histogram


def test_a_counter_without_labels_begins_at_nought() -> None:
    assert Counter("steps_total", "Steps").read() == {(): 0}


def test_a_counter_with_labels_counts_each_combination_by_itself() -> None:
    counter = Counter("steps_total", "Steps", ["foot"], known=[("left",), ("right",)])
    counter.add("left")
    counter.add("left", by=2)

    assert counter.read() == {("left",): 3, ("right",): 0}


def test_a_gauge_falls_too() -> None:
    gauge = Gauge("inside", "Inside")
    gauge.add()
    gauge.add()
    gauge.add(by=-1)

    assert gauge.read() == {(): 1}


def test_what_lies_on_a_bound_is_within_it_and_what_lies_beyond_the_last_is_counted_too() -> None:
    histogram = Histogram("wait_seconds", "Wait", (0.5, 1.0))
    for size in (0.25, 0.5, 1.0, 7.0):
        histogram.observe(size)
    spread = histogram.read()[()]

    assert list(histogram.cumulative(spread)) == [(0.5, 2), (1.0, 3), (inf, 4)]
    assert spread.total == 8.75


def test_a_histogram_that_saw_nothing_says_so() -> None:
    histogram = Histogram("wait_seconds", "Wait", (0.5,))

    assert list(histogram.cumulative(histogram.read()[()])) == [(0.5, 0), (inf, 0)]


def test_what_was_read_is_not_changed_by_what_comes_after() -> None:
    histogram = Histogram("wait_seconds", "Wait", (0.5,))
    read = histogram.read()
    histogram.observe(0.1)

    assert read[()].counts == [0, 0]


def test_what_ends_badly_took_its_time_too() -> None:
    histogram = Histogram("wait_seconds", "Wait", (0.5,))
    with pytest.raises(ZeroDivisionError), histogram.timed():
        raise ZeroDivisionError

    assert sum(histogram.read()[()].counts) == 1


def test_threads_lose_no_count() -> None:
    counter, histogram = Counter("steps_total", "Steps"), Histogram("wait_seconds", "Wait", (0.5,))

    def walk() -> None:
        for _ in range(2000):
            counter.add()
            histogram.observe(1)

    threads = [threading.Thread(target=walk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counter.read() == {(): 8000}
    assert histogram.read()[()].counts == [0, 8000]
