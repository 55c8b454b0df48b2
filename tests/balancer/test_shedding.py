"""What is cut, and what is not."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer import resting, shedding
from appliances.balancer.tree import Tree
from tests.balancer import reference
from tests.balancer.clocks import NOW, at
from tests.balancer.homes import KITCHEN, MAIN, a_home, a_load
from tests.balancer.strategies import governed, short_trees, shuffled, thorough, trees

homes = governed(short_trees(most_loads=7) | trees(most_loads=7))
kept = st.frozensets(st.integers(1, 7), max_size=2)


def ids(tree: Tree, **named: frozenset[int]) -> list[int]:
    return [load.id for load in shedding.plan(tree, NOW, **named).off]


def candidates(tree: Tree, keep: frozenset[int]) -> list[int]:
    return [
        load.id
        for load in tree.loads
        if load.is_on and load.rules.may_be_shed and load.rules.may_be_interrupted and load.id not in keep
    ]


def in_min_on(tree: Tree) -> set[int]:
    return {load.id for load in tree.loads if resting.stays_on_until(load, NOW)}


def suffices(tree: Tree, among: Iterable[int]) -> bool:
    """Whether any set of these would do."""
    every = list(among)
    sets = chain.from_iterable(combinations(every, count) for count in range(len(every) + 1))
    return any(not reference.too_much_mw(tree, frozenset(off)) for off in sets)


@thorough
@given(tree=homes, keep=kept)
def test_cuts_enough_whenever_there_is_enough_to_cut(tree: Tree, keep: frozenset[int]) -> None:
    plan = shedding.plan(tree, NOW, keep=keep)

    assert {load.id for load in plan.off} <= set(candidates(tree, keep))
    assert (not plan.left) == suffices(tree, candidates(tree, keep))
    left = {each.breaker.id: each.exceeded_by_mw for each in plan.left}
    assert left == reference.too_much_mw(tree, frozenset(load.id for load in plan.off))


@thorough
@given(tree=homes, keep=kept)
def test_nothing_that_is_cut_could_stay_on(tree: Tree, keep: frozenset[int]) -> None:
    off = frozenset(ids(tree, keep=keep))
    for spared in off:
        too_much_mw = reference.too_much_mw(tree, off - {spared})
        assert any(reference.feeds(tree, tree.load(spared).circuit_id, circuit_id) for circuit_id in too_much_mw)


@thorough
@given(tree=homes, keep=kept)
def test_where_it_is_never_enough_all_that_helps_is_cut_at_once(tree: Tree, keep: frozenset[int]) -> None:
    plan = shedding.plan(tree, NOW, keep=keep)
    off = {load.id for load in plan.off}
    for each in plan.left:
        below = {load.id for load in tree.loads if reference.feeds(tree, load.circuit_id, each.breaker.id)}
        assert below & set(candidates(tree, keep)) <= off
    assert shedding.plan(tree.switched(off=off), NOW, keep=keep).off == ()


@thorough
@given(tree=homes, keep=kept)
def test_a_minimum_on_time_is_broken_only_where_the_rest_does_not_suffice(tree: Tree, keep: frozenset[int]) -> None:
    plan = shedding.plan(tree, NOW, keep=keep)
    free = frozenset(set(candidates(tree, keep)) - in_min_on(tree))

    assert plan.against_min_on == {load.id for load in plan.off} & in_min_on(tree)
    still_mw = reference.too_much_mw(tree, free)
    for load_id in plan.against_min_on:
        at_circuit = tree.load(load_id).circuit_id
        assert any(reference.feeds(tree, at_circuit, circuit_id) for circuit_id in still_mw)


@thorough
@given(tree=homes, keep=kept)
def test_no_less_important_one_could_have_gone_in_place_of_any(tree: Tree, keep: frozenset[int]) -> None:
    """Of one circuit, and not inside a minimum on time: one that stays on, and is less important, is too small."""
    off = frozenset(ids(tree, keep=keep))
    for cut in (tree.load(load_id) for load_id in off):
        for spared in (tree.load(load_id) for load_id in candidates(tree, keep) if load_id not in off):
            if spared.priority > cut.priority and spared.circuit_id == cut.circuit_id:
                instead = reference.too_much_mw(tree, off - {cut.id} | {spared.id})
                path = [each.id for each in tree.path(cut.circuit_id)]
                assert spared.id in in_min_on(tree) or any(circuit_id in instead for circuit_id in path)


@thorough
@given(tree=homes, keep=kept, choices=st.data())
def test_the_order_of_reading_changes_nothing(tree: Tree, keep: frozenset[int], choices: st.DataObject) -> None:
    reread = choices.draw(shuffled(tree))

    assert shedding.plan(reread, NOW, keep=keep) == shedding.plan(tree, NOW, keep=keep)


def test_cuts_the_least_important_first_and_no_more_than_needed() -> None:
    heater = a_load(1, 2000, priority=7, may_be_shed=True)
    lamp = a_load(2, 100, priority=9, may_be_shed=True)
    boiler = a_load(3, 2500, priority=2, may_be_shed=True)

    assert ids(a_home(heater, lamp, boiler, limit_watts=4500)) == [2]
    assert ids(a_home(heater, lamp, boiler, limit_watts=3000)) == [1]
    assert ids(a_home(heater, lamp, boiler, limit_watts=2500)) == [2, 1]


def test_never_cuts_what_is_not_to_be_shed_or_interrupted() -> None:
    freezer = a_load(1, 300)
    washer = a_load(2, 2000, may_be_shed=True, may_be_interrupted=False)

    plan = shedding.plan(a_home(freezer, washer, limit_watts=1000), NOW)

    assert plan.off == ()
    assert [(each.breaker.id, each.exceeded_by_mw) for each in plan.left] == [(MAIN, 1_300_000)]


def test_cuts_nothing_where_nothing_is_too_much() -> None:
    assert shedding.plan(a_home(a_load(1, 5000, may_be_shed=True)), NOW) == shedding.Shedding((), frozenset(), ())


def test_leaves_alone_what_lies_elsewhere() -> None:
    tree = a_home(a_load(1, 1000, priority=9, may_be_shed=True), a_load(2, 3500, at=KITCHEN, may_be_shed=True))

    assert ids(tree) == [2]


def test_breaks_a_minimum_on_time_only_in_need() -> None:
    pump = replace(a_load(1, 1000, priority=9, may_be_shed=True, min_on_seconds=60), switched_at=at(-59))
    oven = a_load(2, 1000, priority=1, may_be_shed=True)

    assert ids(a_home(pump, oven, limit_watts=1500)) == [2]
    plan = shedding.plan(a_home(pump, oven, limit_watts=500), NOW)
    assert ([load.id for load in plan.off], plan.against_min_on) == ([2, 1], {1})


def test_what_is_kept_stays_on() -> None:
    tree = a_home(a_load(1, 1000, may_be_shed=True), a_load(2, 1000, may_be_shed=True), limit_watts=1500)

    assert ids(tree, keep=frozenset({1})) == [2]


def test_a_limit_of_nothing_cuts_all_that_may_be() -> None:
    tree = a_home(*(a_load(load_id, 1, may_be_shed=True) for load_id in range(1, 4)), limit_watts=0)

    assert ids(tree) == [3, 2, 1]
