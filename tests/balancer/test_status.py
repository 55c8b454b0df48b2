"""Safe, warning, critical, and the percentage beside them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer.status import Status, status, utilization_tenths
from tests.balancer.strategies import thorough

milliwatts = st.integers(0, 10**15)


@pytest.mark.parametrize(
    ("load_mw", "expected"),
    [
        (0, Status.SAFE),
        (3_999_999, Status.SAFE),
        (4_000_000, Status.WARNING),
        (4_749_999, Status.WARNING),
        (4_750_000, Status.CRITICAL),
        (5_000_000, Status.CRITICAL),
        (9_000_000, Status.CRITICAL),
    ],
)
def test_a_threshold_counts_from_the_moment_it_is_reached(load_mw: int, expected: Status) -> None:
    assert status(load_mw, 5_000_000, 80, 95) is expected


def test_a_limit_of_nothing_is_critical() -> None:
    assert status(0, 0, 80, 95) is Status.CRITICAL
    assert utilization_tenths(0, 0) == 1000


def test_a_status_reads_as_its_word() -> None:
    assert [str(each) for each in Status] == ["safe", "warning", "critical"]


@thorough
@given(load_mw=milliwatts, limit_mw=st.integers(1, 10**15), warning=st.integers(1, 99), above=st.integers(1, 99))
def test_status_is_exact_at_any_size(load_mw: int, limit_mw: int, warning: int, above: int) -> None:
    critical = min(warning + above, 100)
    percent = Fraction(100 * load_mw, limit_mw)

    expected = Status.CRITICAL if percent >= critical else Status.WARNING if percent >= warning else Status.SAFE
    assert status(load_mw, limit_mw, warning, critical) is expected


@pytest.mark.parametrize(
    ("load_mw", "tenths"),
    [(0, 0), (1, 0), (4_999, 0), (5_000, 1), (4_999_999, 999), (5_000_000, 1000), (5_005_000, 1001)],
)
def test_utilization_is_rounded_down_to_a_tenth_of_a_percent(load_mw: int, tenths: int) -> None:
    assert utilization_tenths(load_mw, 5_000_000) == tenths


@thorough
@given(limit_mw=st.integers(1, 10**15), load_mw=milliwatts)
def test_a_hundred_percent_is_shown_only_when_the_limit_is_reached(limit_mw: int, load_mw: int) -> None:
    assert (utilization_tenths(load_mw, limit_mw) >= 1000) == (load_mw >= limit_mw)
