"""Trees: paths, sums, and what a home would become."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given

from appliances.balancer.tree import BrokenTree, Tree, UnknownLoad
from tests.balancer import reference
from tests.balancer.homes import KITCHEN, MAIN, a_breaker, a_chain, a_home, a_load
from tests.balancer.strategies import thorough, trees


@thorough
@given(tree=trees(most_breakers=6))
def test_every_circuit_carries_what_is_on_at_it_and_below(tree: Tree) -> None:
    assert tree.all_carried_mw() == {each.id: reference.carried_mw(tree, each.id) for each in tree.breakers}
    assert all(tree.carried_mw(each.id) == tree.all_carried_mw()[each.id] for each in tree.breakers)


@thorough
@given(tree=trees(most_breakers=6, most_loads=0))
def test_a_circuit_is_below_those_on_its_path(tree: Tree) -> None:
    for upper in tree.breakers:
        fed = {each.id for each in tree.breakers if upper in tree.path(each.id)}
        assert tree.below(upper.id) == fed - {upper.id}


@thorough
@given(tree=trees(most_breakers=6, most_loads=0))
def test_a_path_climbs_from_parent_to_parent_up_to_the_main(tree: Tree) -> None:
    for breaker in tree.breakers:
        path = tree.path(breaker.id)
        assert path[0] == breaker
        assert [each.parent_id for each in path] == [*(each.id for each in path[1:]), None]


def test_a_chain_of_fifty_breakers_is_climbed_to_the_end() -> None:
    tree = a_chain(50, a_load(1, 700, at=50), a_load(2, 300, at=25))

    assert [each.id for each in tree.path(50)] == list(range(50, 0, -1))
    assert tree.carried_mw(50) == tree.carried_mw(26) == 700_000
    assert tree.carried_mw(25) == tree.carried_mw(1) == 1_000_000


def test_a_load_that_is_off_weighs_nothing() -> None:
    assert a_home(a_load(1, 2000, on=False)).carried_mw(MAIN) == 0


def test_a_load_is_added_or_takes_the_place_of_its_old_self() -> None:
    kettle, oven = a_load(1, 2000), a_load(2, 3000)
    tree = a_home(kettle, oven)

    assert tree.with_load(a_load(3, 100)).loads == (kettle, oven, a_load(3, 100))
    assert tree.with_load(a_load(1, 2200)).loads == (a_load(1, 2200), oven)
    assert tree.without_load(1).loads == (oven,)


def test_a_breaker_is_added_or_takes_the_place_of_its_old_self() -> None:
    tree = a_home()

    assert tree.with_breaker(a_breaker(3, fed_from=KITCHEN)).path(3)[1:] == tree.path(KITCHEN)
    assert tree.with_breaker(a_breaker(MAIN, limit_watts=1)).breaker(MAIN).limit_mw == 1000
    assert tree.without_breaker(KITCHEN).breakers == (tree.breaker(MAIN),)


def test_switching_changes_only_what_it_names() -> None:
    tree = a_home(a_load(1, 10), a_load(2, 20, on=False), a_load(3, 30))

    switched = tree.switched(on=[2, 3], off=[1])

    assert [load.is_on for load in switched.loads] == [False, True, True]
    assert [replace(load, is_on=True) for load in switched.loads] == [replace(load, is_on=True) for load in tree.loads]


@thorough
@given(tree=trees(most_breakers=3))
def test_what_is_counted_already_is_counted_on(tree: Tree) -> None:
    assert tree.how_many_on == sum(load.is_on for load in tree.loads)
    for load in tree.loads:
        turned = tree.switched(off=[load.id]) if load.is_on else tree.switched(on=[load.id])
        assert turned.how_many_on == replace(turned).how_many_on == tree.how_many_on + (-1 if load.is_on else 1)
        assert tree.switched(on=[load.id]).how_many_on == tree.how_many_on + (not load.is_on)


def test_what_a_home_would_become_leaves_it_as_it_is() -> None:
    tree = a_home(a_load(1, 2000))
    assert tree.carried_mw(MAIN) == 2_000_000

    assert tree.switched(off=[1]).carried_mw(MAIN) == 0
    assert tree.carried_mw(MAIN) == 2_000_000
    with pytest.raises(FrozenInstanceError):
        tree.loads = ()  # type: ignore[misc]


def test_sums_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        a_home().all_carried_mw()[MAIN] = 1  # type: ignore[index]


def test_a_breaker_moved_below_itself_is_a_cycle() -> None:
    tree = a_chain(4)

    knotted = tree.with_breaker(a_breaker(2, fed_from=4))

    assert not any(tree.cycle_through(circuit_id) for circuit_id in range(1, 5))
    assert [knotted.cycle_through(circuit_id) for circuit_id in range(1, 5)] == [False, True, True, True]
    with pytest.raises(BrokenTree, match="would feed itself"):
        knotted.path(3)
    with pytest.raises(BrokenTree, match="would feed itself"):
        knotted.all_carried_mw()


def test_a_breaker_that_feeds_itself_is_a_cycle() -> None:
    knotted = a_home().with_breaker(a_breaker(KITCHEN, fed_from=KITCHEN))

    assert knotted.cycle_through(KITCHEN)
    with pytest.raises(BrokenTree):
        knotted.path(KITCHEN)


def test_a_circuit_that_only_hangs_from_a_cycle_is_not_part_of_it() -> None:
    knotted = a_chain(3).with_breaker(a_breaker(1, fed_from=2))

    assert not knotted.cycle_through(3)
    with pytest.raises(BrokenTree):
        knotted.path(3)


def test_an_unknown_circuit_is_named_in_the_error() -> None:
    tree = a_home()

    for ask in (tree.breaker, tree.path, tree.below, tree.carried_mw, tree.cycle_through):
        with pytest.raises(BrokenTree, match="no circuit 77"):
            ask(77)


def test_a_tree_without_one_of_its_parents_is_broken() -> None:
    with pytest.raises(BrokenTree, match="no circuit 1"):
        a_home().without_breaker(MAIN).path(KITCHEN)


@pytest.mark.parametrize("on", [True, False])
def test_a_load_at_a_circuit_that_is_not_there_breaks_the_sums(on: bool) -> None:
    with pytest.raises(BrokenTree, match="no circuit 77"):
        a_home(a_load(1, 100, at=77, on=on)).all_carried_mw()


def test_an_unknown_load_is_an_error_of_its_own() -> None:
    with pytest.raises(UnknownLoad, match="no appliance 9"):
        a_home().load(9)
    with pytest.raises(UnknownLoad):
        a_home().switched(on=[9])


def test_nothing_is_switched_on_and_off_at_once() -> None:
    with pytest.raises(ValueError, match="on and off"):
        a_home(a_load(1, 100)).switched(on=[1], off=[1])
