"""Granted or refused, and on which numbers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer import admission, units
from appliances.balancer.admission import Granted, Numbers, Refused
from appliances.balancer.tree import BrokenTree, Cap, Tree
from tests.balancer import reference
from tests.balancer.homes import KITCHEN, MAIN, a_breaker, a_chain, a_home, a_load
from tests.balancer.strategies import Change, changes, shuffled, sound_trees, thorough, trees


def decide(change: Change) -> Granted | Refused:
    return admission.decide(before=change.before, after=change.after, wanted=change.wanted, about=change.about)


def switch_on(tree: Tree, load_id: int) -> Granted | Refused:
    about = tree.load(load_id).circuit_id
    return admission.decide(before=tree, after=tree.switched(on=[load_id]), wanted=frozenset({load_id}), about=about)


@thorough
@given(change=changes())
def test_what_is_granted_makes_nothing_worse_and_what_is_refused_would(change: Change) -> None:
    assert isinstance(decide(change), Granted) == (reference.to_blame(change.before, change.after) == {})


@thorough
@given(before=trees() | sound_trees(), after=trees() | sound_trees())
def test_any_two_homes_are_judged_alike(before: Tree, after: Tree) -> None:
    verdict = admission.decide(before=before, after=after)
    blame = reference.to_blame(before, after)

    assert isinstance(verdict, Granted) == (not blame)
    if isinstance(verdict, Refused):
        assert verdict.exceeded_by_mw == max(blame.values()) == blame[verdict.at.circuit_id]
        assert all(
            not reference.to_blame(before, after.switched(off=[load.id for load in way.off])) for way in verdict.ways
        )


@thorough
@given(tree=trees(), off=st.sets(st.integers(1, 8)))
def test_switching_off_is_always_granted(tree: Tree, off: set[int]) -> None:
    after = tree.switched(off=[load.id for load in tree.loads if load.id in off])

    assert isinstance(admission.decide(before=tree, after=after), Granted)


@thorough
@given(change=changes())
def test_the_numbers_are_those_of_the_homes(change: Change) -> None:
    at = decide(change).at

    assert at.load_before_mw == reference.carried_mw(change.before, at.circuit_id)
    assert at.load_after_mw == reference.carried_mw(change.after, at.circuit_id)
    assert at.limit_mw == change.after.breaker(at.circuit_id).limit_mw
    assert at.circuit_name == change.after.breaker(at.circuit_id).name


@thorough
@given(change=changes())
def test_a_refusal_speaks_of_the_breaker_exceeded_the_most(change: Change) -> None:
    verdict = decide(change)
    if isinstance(verdict, Refused):
        assert verdict.exceeded_by_mw == verdict.at.load_after_mw - verdict.at.limit_mw
        assert verdict.exceeded_by_mw == max(reference.to_blame(change.before, change.after).values())
        assert verdict.requested_mw == verdict.at.load_after_mw - verdict.at.load_before_mw


@thorough
@given(change=changes())
def test_a_grant_speaks_of_the_tightest_breaker_on_the_way(change: Change) -> None:
    verdict = decide(change)
    if isinstance(verdict, Granted):
        headroom_mw = {
            each.id: each.limit_mw - reference.carried_mw(change.after, each.id)
            for each in change.after.path(change.about)
        }
        assert verdict.at.circuit_id == min(headroom_mw, key=lambda circuit_id: headroom_mw[circuit_id])


@thorough
@given(tree=trees())
def test_a_refusal_asks_for_not_a_milliwatt_too_much(tree: Tree) -> None:
    verdict = admission.decide(before=Tree((), ()), after=tree)
    if isinstance(verdict, Refused):
        breaker = tree.breaker(verdict.at.circuit_id)
        just_enough = replace(breaker, limit_mw=breaker.limit_mw + verdict.exceeded_by_mw)
        one_less = replace(breaker, limit_mw=just_enough.limit_mw - 1)
        assert breaker.id not in reference.too_much_mw(tree.with_breaker(just_enough))
        assert reference.too_much_mw(tree.with_breaker(one_less))[breaker.id] == 1


@thorough
@given(change=changes())
def test_every_way_out_of_a_refusal_is_granted(change: Change) -> None:
    verdict = decide(change)
    for way in verdict.ways if isinstance(verdict, Refused) else ():
        off = [load.id for load in way.off]
        assert not change.wanted & set(off)
        after = change.after.switched(off=off)
        assert isinstance(admission.decide(before=change.before, after=after, about=change.about), Granted)


@thorough
@given(change=changes(), choices=st.data())
def test_the_order_of_reading_changes_no_decision(change: Change, choices: st.DataObject) -> None:
    reread = replace(change, before=choices.draw(shuffled(change.before)), after=choices.draw(shuffled(change.after)))
    assert decide(reread) == decide(change)


@pytest.mark.parametrize(("watts", "exceeded_by_mw"), [("2000", 0), ("1999.999", 0), ("2000.001", 1), ("2000.1", 100)])
def test_the_limit_is_exact_to_the_milliwatt(watts: str, exceeded_by_mw: int) -> None:
    verdict = switch_on(a_home(a_load(1, 3000), a_load(2, watts, on=False)), 2)

    assert isinstance(verdict, Refused) == (exceeded_by_mw > 0)
    assert exceeded_by_mw == (verdict.exceeded_by_mw if isinstance(verdict, Refused) else 0)


def test_a_tenth_of_a_watt_ten_times_is_a_watt() -> None:
    tree = a_home(*(a_load(load_id, "0.1", on=load_id < 10) for load_id in range(1, 12)), limit_watts=1)

    assert isinstance(switch_on(tree, 10), Granted)
    assert isinstance(switch_on(tree.switched(on=[10]), 11), Refused)


def test_asking_for_the_state_a_thing_has_is_granted() -> None:
    assert switch_on(a_home(a_load(1, 5000)), 1) == Granted(
        at=Numbers(MAIN, "Circuit 1", 5_000_000, 5_000_000, 5_000_000)
    )


def test_refuses_when_only_the_main_is_full() -> None:
    tree = a_home(a_load(1, 4000), a_load(2, 2000, at=KITCHEN, on=False))

    verdict = switch_on(tree, 2)

    assert isinstance(verdict, Refused)
    assert verdict.at == Numbers(MAIN, "Circuit 1", 4_000_000, 6_000_000, 5_000_000)
    assert (verdict.requested_mw, verdict.exceeded_by_mw) == (2_000_000, 1_000_000)


def test_what_is_too_much_elsewhere_refuses_nothing_here() -> None:
    tree = a_home(a_load(1, 3500, at=KITCHEN), a_load(2, 1, on=False), a_load(3, 1, at=KITCHEN, on=False))

    assert isinstance(switch_on(tree, 2), Granted)
    assert isinstance(switch_on(tree, 3), Refused)


def test_nothing_goes_on_below_what_is_exceeded_however_much_goes_off() -> None:
    tree = a_home(a_load(1, 4000), a_load(2, 3000), a_load(3, 100, on=False))

    swap = admission.decide(before=tree, after=tree.switched(on=[3], off=[1]))
    too_little = admission.decide(before=tree, after=tree.switched(on=[3], off=[]).with_load(a_load(1, 3000)))

    assert isinstance(swap, Granted)
    assert isinstance(too_little, Refused)
    assert (too_little.requested_mw, too_little.exceeded_by_mw) == (-900_000, 1_100_000)


def test_a_temporary_limit_lower_still_is_refused_and_a_higher_one_granted() -> None:
    tree = a_home(a_load(1, 4000), limit_watts=3000)

    lower = admission.decide(before=tree, after=tree.with_breaker(a_breaker(MAIN, limit_watts=2999)))
    higher = admission.decide(before=tree, after=tree.with_breaker(a_breaker(MAIN, limit_watts=3001)))

    assert isinstance(lower, Refused)
    assert isinstance(higher, Granted)


def test_names_the_temporary_limit_that_binds() -> None:
    cap = Cap(7, 2_000_000)
    capped = replace(a_breaker(MAIN, limit_watts=2000), own_limit_mw=5_000_000, cap=cap)
    tree = a_home(a_load(1, 2001, on=False)).with_breaker(capped)

    assert switch_on(tree, 1).at.cap == cap


def test_the_ways_out_leave_alone_what_is_too_much_elsewhere() -> None:
    tree = a_home(a_load(1, 3500, at=KITCHEN), a_load(2, 1000), a_load(3, 600, on=False))

    verdict = switch_on(tree, 3)

    assert isinstance(verdict, Refused)
    assert verdict.at.circuit_id == MAIN
    assert [[load.id for load in way.off] for way in verdict.ways] == [[2], [1]]


def test_names_the_breaker_exceeded_most_not_the_first_one_met() -> None:
    tree = a_home(a_load(1, 2000, at=KITCHEN), a_load(2, 2500), a_load(3, 2000, at=KITCHEN, on=False))

    verdict = switch_on(tree, 3)

    assert verdict.at.circuit_id == MAIN
    assert isinstance(verdict, Refused)
    assert verdict.exceeded_by_mw == 1_500_000


def test_among_breakers_equally_exceeded_names_the_nearest() -> None:
    chain = a_chain(4, a_load(1, 5001, at=3, on=False))
    elsewhere = a_breaker(5, fed_from=4)
    tree = chain.with_breaker(elsewhere).with_load(a_load(2, 5001, at=5))

    assert switch_on(chain, 1).at.circuit_id == 3
    assert admission.decide(before=chain, after=chain.switched(on=[1])).at.circuit_id == 3
    assert admission.decide(before=chain, after=tree, about=4).at.circuit_id == 4
    assert admission.decide(before=chain, after=tree).at.circuit_id == 5


def test_among_breakers_equally_tight_names_the_nearest() -> None:
    chain = a_chain(4, a_load(1, 5000, at=3, on=False))

    assert switch_on(chain, 1).at.circuit_id == 3
    assert admission.decide(before=chain, after=chain.switched(on=[1])).at.circuit_id == 1


def test_a_limit_lowered_below_the_load_requests_nothing() -> None:
    tree = a_home(a_load(1, 2500, at=KITCHEN))
    after = tree.with_breaker(a_breaker(KITCHEN, limit_watts=2000, fed_from=MAIN))

    verdict = admission.decide(before=tree, after=after, about=KITCHEN)

    assert isinstance(verdict, Refused)
    assert (verdict.requested_mw, verdict.exceeded_by_mw) == (0, 500_000)
    assert [[load.id for load in way.off] for way in verdict.ways] == [[1]]


def test_a_circuit_that_is_new_carried_nothing_before() -> None:
    tree = a_home(a_load(1, 2500))
    after = tree.with_breaker(a_breaker(3, limit_watts=2000, fed_from=MAIN)).with_load(a_load(1, 2500, at=3))

    verdict = admission.decide(before=tree, after=after, about=3)

    assert isinstance(verdict, Refused)
    assert verdict.at == Numbers(3, "Circuit 3", 0, 2_500_000, 2_000_000)


def test_a_limit_of_nothing_lets_nothing_on() -> None:
    tree = a_home(a_load(1, "0.001", on=False), limit_watts=0)

    assert isinstance(switch_on(tree, 1), Refused)
    assert isinstance(admission.decide(before=tree, after=tree), Granted)


def test_fifty_breakers_deep_the_one_that_is_short_is_found() -> None:
    tree = a_chain(50, a_load(1, 3000, at=50, on=False))
    tree = tree.with_breaker(a_breaker(17, limit_watts="2999.999", fed_from=16))

    verdict = switch_on(tree, 1)

    assert isinstance(verdict, Refused)
    assert (verdict.at.circuit_id, verdict.exceeded_by_mw) == (17, 1)


def test_numbers_past_64_bits_stay_exact() -> None:
    tree = a_home(*(a_load(load_id, units.MOST_MW // 1000) for load_id in range(1, 21)))
    tree = tree.with_breaker(replace(tree.breaker(MAIN), limit_mw=20 * units.MOST_MW * 10**9 - 1))
    heavy = Tree(tree.breakers, tuple(replace(load, rated_mw=load.rated_mw * 10**9) for load in tree.loads))

    verdict = admission.decide(before=Tree((), ()), after=heavy)

    assert isinstance(verdict, Refused)
    assert verdict.exceeded_by_mw == 1


def test_a_home_without_a_breaker_gets_no_decision() -> None:
    with pytest.raises(BrokenTree, match="main circuit"):
        admission.decide(before=Tree((), ()), after=Tree((), ()))


def test_a_broken_tree_gets_no_decision_even_with_everything_off() -> None:
    knotted = a_chain(3).with_breaker(a_breaker(1, fed_from=3))

    with pytest.raises(BrokenTree, match="feed itself"):
        admission.decide(before=a_chain(3), after=knotted)


def test_its_own_limit_is_never_put_below_what_is_on_even_where_a_temporary_one_is_lower_still() -> None:
    capped = replace(a_breaker(MAIN, limit_watts=500), own_limit_mw=4_000_000, cap=Cap(1, 500_000))
    before = a_home(a_load(1, 2001)).with_breaker(capped)

    lowered = before.with_breaker(replace(capped, own_limit_mw=2_001_000))
    too_low = before.with_breaker(replace(capped, own_limit_mw=2_000_000))

    assert isinstance(admission.decide(before=before, after=lowered, about=MAIN), Granted)
    assert isinstance(admission.decide(before=before, after=too_low, about=MAIN), Refused)
