"""Minimum off times, minimum on times and longest on times, to the second."""

from dataclasses import replace
from typing import Any

import pytest

from appliances.balancer import resting
from appliances.balancer.tree import Load
from tests.balancer.clocks import NOW, at
from tests.balancer.homes import a_load


def switched(seconds_ago: int | None, *, on: bool, **rules: Any) -> Load:
    return replace(a_load(1, 1000, on=on, **rules), switched_at=None if seconds_ago is None else at(-seconds_ago))


@pytest.mark.parametrize(("seconds_ago", "until"), [(0, at(60)), (59, at(1)), (60, None), (61, None), (None, None)])
def test_rests_until_its_minimum_off_time_is_over(seconds_ago: int | None, until: object) -> None:
    assert resting.rests_until(switched(seconds_ago, on=False, min_off_seconds=60), NOW) == until


@pytest.mark.parametrize(("seconds_ago", "until"), [(0, at(60)), (59, at(1)), (60, None), (61, None), (None, None)])
def test_stays_on_until_its_minimum_on_time_is_over(seconds_ago: int | None, until: object) -> None:
    assert resting.stays_on_until(switched(seconds_ago, on=True, min_on_seconds=60), NOW) == until


def test_only_what_is_off_rests_and_only_what_is_on_stays_on() -> None:
    assert resting.rests_until(switched(0, on=True, min_off_seconds=60), NOW) is None
    assert resting.stays_on_until(switched(0, on=False, min_on_seconds=60), NOW) is None


@pytest.mark.parametrize(("seconds_ago", "due"), [(0, False), (59, False), (60, True), (61, True), (None, False)])
def test_is_due_off_once_it_has_been_on_for_as_long_as_it_may(seconds_ago: int | None, due: bool) -> None:
    assert resting.due_off(switched(seconds_ago, on=True, max_on_seconds=60), NOW) == due


def test_without_a_longest_time_or_off_already_nothing_is_due() -> None:
    assert not resting.due_off(switched(10**6, on=True), NOW)
    assert not resting.due_off(switched(10**6, on=False, max_on_seconds=60), NOW)


def test_a_switch_in_the_future_never_lengthens_the_rest() -> None:
    """Who asked before another comes to the lock after it; a clock may be set back."""
    assert resting.rests_until(switched(-2, on=False), NOW) is None
    assert resting.rests_until(switched(-2, on=False, min_off_seconds=180), NOW) == at(180)
