"""Which limit binds."""

from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer import limits
from appliances.balancer.tree import Cap
from tests.balancer.strategies import thorough

caps = st.lists(st.builds(Cap, st.integers(1, 5), st.integers(0, 4)), max_size=5, unique_by=lambda cap: cap.id)


@thorough
@given(own_limit_mw=st.integers(0, 4), caps=caps)
def test_the_lowest_binds_and_a_cap_is_named_only_where_it_is_lower(own_limit_mw: int, caps: list[Cap]) -> None:
    limit_mw, cap = limits.in_force(own_limit_mw, caps)

    assert limit_mw == min(own_limit_mw, *(each.limit_mw for each in caps), own_limit_mw)
    if cap is None:
        assert all(each.limit_mw >= own_limit_mw for each in caps)
    else:
        assert cap.limit_mw == limit_mw < own_limit_mw
        assert not any(each.limit_mw == limit_mw and each.id < cap.id for each in caps)
    assert limits.in_force(own_limit_mw, reversed(caps)) == (limit_mw, cap)


def test_nothing_is_a_limit_too() -> None:
    assert limits.in_force(5_000_000, [Cap(1, 0)]) == (0, Cap(1, 0))


def test_without_a_cap_its_own_limit_binds() -> None:
    assert limits.in_force(5_000_000, []) == (5_000_000, None)
