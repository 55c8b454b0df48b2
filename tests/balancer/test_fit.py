"""What would not fit, said before anyone tries."""

from hypothesis import given

from appliances.balancer import admission, fit
from appliances.balancer.admission import Refused
from appliances.balancer.tree import Tree
from tests.balancer.homes import KITCHEN, MAIN, a_home, a_load
from tests.balancer.strategies import sound_trees, thorough, trees


@thorough
@given(tree=trees() | sound_trees())
def test_says_of_each_load_what_a_refusal_would_say(tree: Tree) -> None:
    for load in tree.loads:
        verdict = admission.decide(before=tree, after=tree.switched(on=[load.id]), about=load.circuit_id)
        refused = isinstance(verdict, Refused) and not load.is_on
        short_by_mw = verdict.exceeded_by_mw if isinstance(verdict, Refused) and refused else 0
        breaker = tree.breaker(verdict.at.circuit_id) if refused else None
        assert fit.short_by_mw(tree, load.id) == (short_by_mw, breaker)


def test_what_is_on_fits() -> None:
    assert fit.short_by_mw(a_home(a_load(1, 5000)), 1) == (0, None)


def test_what_fills_the_limit_exactly_fits() -> None:
    tree = a_home(a_load(1, 3000), a_load(2, 2000, on=False))

    assert fit.short_by_mw(tree, 2) == (0, None)


def test_what_does_not_fit_is_short_at_the_breaker_exceeded_most() -> None:
    tree = a_home(a_load(1, 2000, at=KITCHEN), a_load(2, 2500), a_load(3, 2000, at=KITCHEN, on=False))

    assert fit.short_by_mw(tree, 3) == (1_500_000, tree.breaker(MAIN))


def test_what_is_too_much_elsewhere_keeps_nothing_off_here() -> None:
    tree = a_home(a_load(1, 3500, at=KITCHEN), a_load(2, 1500, on=False), a_load(3, 1, at=KITCHEN, on=False))

    assert fit.short_by_mw(tree, 2) == (0, None)
    assert fit.short_by_mw(tree, 3) == (501_000, tree.breaker(KITCHEN))
