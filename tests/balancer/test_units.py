"""Watts in and out, exactly or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer.units import MOST_MW, NotExactWatts, to_mw, to_watts
from tests.balancer.strategies import thorough

milliwatts = st.integers(-MOST_MW, MOST_MW)


@thorough
@given(mw=milliwatts)
def test_milliwatts_survive_the_way_out_and_back(mw: int) -> None:
    assert to_mw(to_watts(mw)) == mw
    assert to_mw(str(to_watts(mw))) == mw
    assert to_watts(mw) * 1000 == mw


@thorough
@given(mw=milliwatts)
def test_watts_are_written_plainly(mw: int) -> None:
    text = str(to_watts(mw))

    assert "E" not in text
    assert "." not in text or not text.endswith("0")


@thorough
@given(mw=milliwatts, digits=st.integers(1, 60), last=st.integers(1, 9))
def test_whatever_lies_beyond_a_milliwatt_is_refused(mw: int, digits: int, last: int) -> None:
    whole, rest = divmod(abs(mw) % MOST_MW, 1000)

    with pytest.raises(NotExactWatts, match="three decimals"):
        to_mw(f"{whole}.{rest:03}{'0' * (digits - 1)}{last}")


@pytest.mark.parametrize(
    ("watts", "mw"),
    [
        (5000, 5_000_000),
        ("5000.0", 5_000_000),
        ("5000.001", 5_000_001),
        (Decimal("0.1"), 100),
        ("2e3", 2_000_000),
        (" 12.5 ", 12_500),
        ("-0", 0),
        ("0e-999999", 0),
        ("-1.5", -1500),
        ("1." + "0" * 100_000, 1000),
        ("1000000000", MOST_MW),
    ],
)
def test_accepts_numbers_and_text(watts: Decimal | int | str, mw: int) -> None:
    assert to_mw(watts) == mw


@pytest.mark.parametrize("watts", [0.5, 5000.0, float("nan"), True, False, None, [1], (0, (1,), 0), b"1"])
def test_refuses_what_is_neither_number_nor_text(watts: object) -> None:
    with pytest.raises(NotExactWatts, match="binary fractions"):
        to_mw(watts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "watts",
    ["", "abc", "1,5", "0x10", "1 2", "NaN", "sNaN", "-nan", "Infinity", "-inf", "1e9999999999999999999", "1\x00"],
)
def test_refuses_what_is_no_number(watts: str) -> None:
    with pytest.raises(NotExactWatts, match="as a number"):
        to_mw(watts)


@pytest.mark.parametrize(
    "watts",
    [
        "1000000000.001",
        "-1000000001",
        "1e400",
        "1e999999",
        "-1e999999",
        "9" * 1_000_000,
        10**4000,
        Decimal("1E+999999"),
    ],
    ids=lambda watts: f"{type(watts).__name__} of {str(watts)[:8]}",
)
def test_refuses_more_than_a_gigawatt_at_once(watts: Decimal | int | str) -> None:
    with pytest.raises(NotExactWatts, match="1 GW"):
        to_mw(watts)


@pytest.mark.parametrize("watts", ["0.0001", "5000.0001", "1e-4", "1e-999999", "5000.0000000000000000000000000001"])
def test_refuses_a_fourth_decimal_however_far_out(watts: str) -> None:
    with pytest.raises(NotExactWatts, match="three decimals"):
        to_mw(watts)
