"""The smallest ways to make room."""

import random
from functools import partial
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer import make_room, search
from appliances.balancer.make_room import Way
from appliances.balancer.search import Search
from appliances.balancer.tree import Breaker, Load, Tree
from tests.balancer import reference
from tests.balancer.homes import KITCHEN, a_breaker, a_chain, a_home, a_load
from tests.balancer.strategies import short_trees, shuffled, thorough, trees

kept = st.frozensets(st.integers(1, 8), max_size=2)


def ids_of(ways: tuple[Way, ...]) -> list[frozenset[int]]:
    return [frozenset(load.id for load in way.off) for way in ways]


def ways(tree: Tree, *, keep: tuple[int, ...] = (), most: int = 3) -> list[set[int]]:
    return [set(ids) for ids in ids_of(make_room.ways(after=tree, keep=frozenset(keep), most=most))]


@thorough
@given(tree=short_trees() | trees(), keep=kept)
def test_the_ways_are_the_best_of_all_irreducible_ones(tree: Tree, keep: frozenset[int]) -> None:
    assert ids_of(make_room.ways(after=tree, keep=keep)) == reference.best_ways(tree, keep)


@thorough
@given(tree=short_trees(most_loads=5), most=st.integers(1, 12))
def test_as_many_ways_are_given_as_are_asked_for_and_exist(tree: Tree, most: int) -> None:
    assert ids_of(make_room.ways(after=tree, keep=frozenset(), most=most)) == reference.best_ways(
        tree, frozenset(), most=most
    )


@thorough
@given(tree=short_trees() | trees(), keep=kept, choices=st.data())
def test_the_order_of_reading_changes_no_way(tree: Tree, keep: frozenset[int], choices: st.DataObject) -> None:
    reread = choices.draw(shuffled(tree))
    assert make_room.ways(after=reread, keep=keep) == make_room.ways(after=tree, keep=keep)


@thorough
@given(tree=short_trees() | trees(), keep=kept)
def test_without_a_step_to_spend_the_ways_are_fewer_but_right(tree: Tree, keep: frozenset[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_room, "Search", partial(Search, budget=0))
        hasty = ids_of(make_room.ways(after=tree, keep=keep))
    every = list(reference.irreducible_ways(tree, keep)) if reference.too_much_mw(tree) else []

    assert bool(hasty) == bool(every)
    assert set(hasty) <= set(every)
    fragile = {load.id for load in tree.loads if not load.rules.may_be_interrupted}
    assert [(bool(ids & fragile), len(ids)) for ids in hasty[:1]] == sorted(
        (bool(ids & fragile), len(ids)) for ids in every
    )[:1]
    assert min(len(every), 2) <= len(hasty)


@thorough
@given(tree=short_trees() | trees(), keep=kept)
def test_a_way_adds_up(tree: Tree, keep: frozenset[int]) -> None:
    for way in make_room.ways(after=tree, keep=keep):
        assert way.freed_mw == sum(load.rated_mw for load in way.off)
        assert list(way.off) == sorted(way.off, key=lambda load: (-load.priority, load.id))


def test_without_a_step_to_spend_each_load_of_the_best_way_is_spared_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_room, "Search", partial(Search, budget=0))
    tree = a_home(a_load(1, 2000), a_load(2, 1800), a_load(3, 1700), limit_watts=2000)

    assert ways(tree) == [{2, 3}, {1, 3}, {1, 2}]


def test_three_ways_are_enough_to_choose_from() -> None:
    assert len(make_room.ways(after=a_home(*(a_load(at, 1100) for at in range(1, 6))), keep=frozenset())) == 3


def test_nothing_needs_to_make_room_where_there_is_room() -> None:
    assert ways(a_home(a_load(1, 5000))) == []


def test_there_is_no_way_when_too_little_can_be_switched_off() -> None:
    assert ways(a_home(a_load(1, 4000), a_load(2, 1500), limit_watts=3000), keep=(1,)) == []


def test_a_load_that_is_off_makes_no_room() -> None:
    assert ways(a_home(a_load(1, 3000), a_load(2, 2500), a_load(3, 900, on=False)), keep=(1,)) == [{2}]


def test_a_load_elsewhere_makes_no_room() -> None:
    assert ways(a_home(a_load(1, 1000), a_load(2, 2000, at=KITCHEN), a_load(3, 1500, at=KITCHEN))) == [{3}, {2}]


def test_fewer_loads_come_before_less_important_ones() -> None:
    tree = a_home(a_load(1, 4000, priority=1), a_load(2, 600, priority=9), a_load(3, 700, priority=9))
    tree = tree.with_load(a_load(4, 700, priority=9))

    assert ways(tree) == [{1}, {2, 3}, {2, 4}]


def test_the_less_important_comes_before_less_surplus() -> None:
    tree = a_home(a_load(1, 1000, priority=5), a_load(2, 2000, priority=6), a_load(3, 3000, priority=4))

    assert ways(tree) == [{2}, {1}, {3}]


def test_the_most_important_load_decides_between_priorities() -> None:
    tree = a_home(
        a_load(1, 1000, priority=4),
        a_load(2, 1000, priority=9),
        a_load(3, 1000, priority=5),
        a_load(4, 1000, priority=5),
        a_load(5, 2001),
        limit_watts="4001",
    )

    assert ways(tree, keep=(5,)) == [{2, 3}, {2, 4}, {3, 4}]


def test_less_surplus_comes_before_lower_ids() -> None:
    assert ways(a_home(a_load(1, 2500), a_load(2, 2000), a_load(3, 2000))) == [{2}, {3}, {1}]


def test_what_should_not_be_interrupted_is_interrupted_last() -> None:
    washer = a_load(1, 2500, priority=9, may_be_interrupted=False)

    assert ways(a_home(washer, a_load(2, 1800), a_load(3, 1700), limit_watts=4500)) == [{3}, {2}, {1}]
    assert ways(a_home(washer, a_load(2, 600), a_load(3, 1600), limit_watts=2600)) == [{2, 3}, {1}]
    assert ways(a_home(washer, limit_watts=1000)) == [{1}]


def test_room_is_made_only_where_it_is_asked_for() -> None:
    tree = a_home(a_load(1, 4000, at=KITCHEN), a_load(2, 1000, at=3), a_load(3, 900, at=3), limit_watts=9000)
    tree = tree.with_breaker(a_breaker(3, limit_watts=1000, fed_from=1))

    assert ids_of(make_room.ways(after=tree, keep=frozenset(), relieve=frozenset({3}))) == [{3}, {2}]
    assert make_room.ways(after=tree, keep=frozenset(), relieve=frozenset({1})) == ()


def test_two_breakers_that_share_nothing_each_get_their_room() -> None:
    tree = a_home(
        a_load(1, 2000, at=KITCHEN), a_load(2, 1500, at=KITCHEN), a_load(3, 800, at=3), a_load(4, 700, at=3)
    ).with_breaker(a_breaker(3, limit_watts=1000, fed_from=1))

    assert ways(tree) == [{2, 3}, {2, 4}, {1, 3}]


def test_a_load_below_both_exceeded_breakers_is_better_than_one_each() -> None:
    tree = a_home(a_load(1, 4000), a_load(2, 2600, at=KITCHEN), a_load(3, 900, at=KITCHEN))

    assert ways(tree) == [{2}, {1, 3}]


def test_deep_in_a_chain_what_every_breaker_needs_is_freed() -> None:
    loads = [a_load(circuit_id, 100, at=circuit_id) for circuit_id in range(1, 51)]

    assert ways(a_chain(50, *loads, limit_watts=4900)) == [{1}, {2}, {3}]
    assert ways(a_chain(50, *loads, limit_watts=0)) == [set(range(1, 51))]


def a_large_home(seed: int, *, loads: int, breakers: int, sizes: int) -> Tree:
    """Everything on, and up to `sizes` of the largest loads too much; any breaker may be short as well."""
    chance = random.Random(seed)
    rated_mw = [chance.choice([9_000, 60_000, 2_000_000, chance.randint(5_000, 3_000_000)]) for _ in range(loads)]
    tree = Tree(
        tuple(
            Breaker(at, f"Circuit {at}", chance.randint(1, at - 1) if at > 1 else None, 10**12)
            for at in range(1, breakers + 1)
        ),
        tuple(
            Load(at, f"Load {at}", chance.randint(1, breakers), mw, True, chance.choice([7, 5, 5, 2]))
            for at, mw in enumerate(rated_mw, start=1)
        ),
    )
    too_much_mw = sum(sorted(rated_mw)[-chance.randint(1, sizes) :]) - chance.randint(0, 9_000)
    tree = tree.with_breaker(Breaker(1, "Main", None, sum(rated_mw) - too_much_mw))
    short = tree.breaker(chance.randint(2, breakers))
    largest_mw = max((load.rated_mw for load in tree.loads if load.circuit_id == short.id), default=0)
    limit_mw = tree.carried_mw(short.id) - chance.choice([0, largest_mw])
    return tree.with_breaker(Breaker(short.id, short.name, short.parent_id, limit_mw))


@pytest.mark.parametrize("seed", range(8))
def test_with_twenty_five_running_loads_ways_of_up_to_three_are_the_best(seed: int) -> None:
    tree = a_large_home(seed, loads=25, breakers=5, sizes=3)
    best = reference.best_ways(tree, frozenset(), largest=3)

    assert best
    assert ids_of(make_room.ways(after=tree, keep=frozenset()))[: len(best)] == best


def test_of_twenty_five_lamps_alike_the_first_go() -> None:
    tree = a_home(*(a_load(load_id, 100) for load_id in range(1, 26)), limit_watts=2150)

    assert ways(tree) == [{1, 2, 3, 4}, {1, 2, 3, 5}, {1, 2, 3, 6}]


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[Search]:
    """Every search that is made, to see what it took."""
    made: list[Search] = []

    class Watched(Search):
        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, **named)  # type: ignore[arg-type]
            made.append(self)

    monkeypatch.setattr(make_room, "Search", Watched)
    return made


def test_the_usual_search_among_twenty_five_running_loads_is_short(searches: list[Search]) -> None:
    for seed in range(30):
        make_room.ways(after=a_large_home(seed, loads=25, breakers=5, sizes=3), keep=frozenset())

    assert median(looked.steps for looked in searches) < 300


@pytest.mark.parametrize("seed", range(6))
def test_a_thousand_running_loads_take_a_bounded_number_of_steps(seed: int, searches: list[Search]) -> None:
    tree = a_large_home(seed, loads=1000, breakers=100, sizes=8)

    found = make_room.ways(after=tree, keep=frozenset())

    assert all(looked.steps <= search.BUDGET + 1000 for looked in searches)
    assert found
    for way in found:
        off = [load.id for load in way.off]
        assert not exceeded(tree, off)
        assert all(exceeded(tree, [each for each in off if each != spared]) for spared in off)


def test_a_thousand_loads_that_must_nearly_all_go_still_get_a_way(searches: list[Search]) -> None:
    tree = a_home(*(a_load(load_id, load_id) for load_id in range(1, 1001)), limit_watts=1000)

    found = make_room.ways(after=tree, keep=frozenset())

    assert not exceeded(tree, [load.id for load in found[0].off])
    assert [looked.steps for looked in searches] == [0]


def exceeded(tree: Tree, off: list[int]) -> bool:
    after = tree.switched(off=off)
    return any(after.carried_mw(each.id) > each.limit_mw for each in after.breakers)
