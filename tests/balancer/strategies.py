"""Random homes: any nesting, loads anywhere, numbers small enough that ties and exact fits are common."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis import strategies as st

from appliances.balancer.claims import Claim, Why
from appliances.balancer.tree import Breaker, Load, Rules, Tree
from tests.balancer.clocks import at

thorough = settings(max_examples=60, deadline=None)

priorities = st.integers(1, 9) | st.sampled_from([1, 5])
mostly = st.sampled_from([True, True, True, False])
some_milliwatts = st.integers(1, 6) | st.sampled_from([1, 2_000_000, 2_000_001])
similar_milliwatts = st.integers(2, 6)
missing_sixths = st.sampled_from([2, 1, 3, 0, 0, 5, 6])
limits = st.integers(0, 12) | st.sampled_from([4_000_000, 4_000_001])


rules = st.builds(Rules, may_be_interrupted=st.sampled_from([True, True, True, False]))

all_rules = st.builds(
    Rules,
    may_be_shed=mostly,
    may_be_interrupted=mostly,
    returns_by_itself=mostly,
    min_on_seconds=st.sampled_from([0, 0, 3, 9]),
    min_off_seconds=st.sampled_from([0, 0, 3, 9]),
    max_on_seconds=st.sampled_from([None, None, 3, 9]),
)


@st.composite
def trees(draw: st.DrawFn, *, most_breakers: int = 4, least_loads: int = 0, most_loads: int = 8) -> Tree:
    """Some exceeded at several breakers, some not at all. Ids say nothing about depth or order."""
    ids = draw(st.permutations(range(1, most_breakers + 1)))[: draw(st.integers(1, most_breakers))]
    breakers = [
        Breaker(
            circuit_id, f"Circuit {circuit_id}", draw(st.sampled_from(ids[:place])) if place else None, draw(limits)
        )
        for place, circuit_id in enumerate(ids)
    ]
    loads = [
        draw(loads_with_id(load_id, on=ids)) for load_id in range(1, draw(st.integers(least_loads, most_loads)) + 1)
    ]
    return Tree(tuple(breakers), tuple(loads))


def loads_with_id(load_id: int, *, on: list[int]) -> st.SearchStrategy[Load]:
    return st.builds(
        Load,
        st.just(load_id),
        st.just(f"Load {load_id}"),
        st.sampled_from(on),
        some_milliwatts,
        mostly,
        priorities,
        rules,
    )


@st.composite
def sound_trees(draw: st.DrawFn, *, most_breakers: int = 4, most_loads: int = 8) -> Tree:
    """As a home is between decisions: nothing exceeded, often with nothing to spare."""
    tree = draw(trees(most_breakers=most_breakers, most_loads=most_loads))
    spare_mw = st.integers(0, 4)
    for breaker in tree.breakers:
        tree = tree.with_breaker(replace(breaker, limit_mw=tree.carried_mw(breaker.id) + draw(spare_mw)))
    return tree


@st.composite
def short_trees(draw: st.DrawFn, *, most_breakers: int = 4, most_loads: int = 8) -> Tree:
    """As a home would be after too much was asked of it: several loads on, and often several ways out."""
    tree = draw(trees(most_breakers=most_breakers, least_loads=4, most_loads=most_loads))
    loads = [replace(load, rated_mw=draw(similar_milliwatts), is_on=draw(mostly)) for load in tree.loads]
    tree = Tree(tree.breakers, tuple(loads))
    for breaker in tree.breakers:
        carried_mw = tree.carried_mw(breaker.id)
        limit_mw = carried_mw - carried_mw * draw(missing_sixths) // 6
        tree = tree.with_breaker(replace(breaker, limit_mw=limit_mw))
    return tree


@dataclass(frozen=True)
class Change:
    before: Tree
    after: Tree
    wanted: frozenset[int]
    about: int


@st.composite
def changes(draw: st.DrawFn, *, most_breakers: int = 4, most_loads: int = 8) -> Change:
    """What somebody asks of a home: a switch, a swap, another rating or place, another limit.

    A temporary limit may have left the home with too much on before it is asked.
    """
    sound = sound_trees(most_breakers=most_breakers, most_loads=most_loads)
    before = draw(sound | sound | trees(most_breakers=most_breakers, most_loads=most_loads))
    ask = draw(st.sampled_from([_switch, _rerate, _move, _add, _limit]))
    return ask(draw, before)


def _switch(draw: st.DrawFn, before: Tree) -> Change:
    if not before.loads:
        return _add(draw, before)
    load = draw(st.sampled_from(before.loads))
    if load.is_on and draw(st.booleans()):
        return Change(before, before.switched(off=[load.id]), frozenset({load.id}), load.circuit_id)
    others = [other.id for other in before.loads if other.id != load.id]
    off = draw(st.sets(st.sampled_from(others), max_size=2)) if others else set()
    return Change(before, before.switched(on=[load.id], off=off), frozenset({load.id}), load.circuit_id)


def _rerate(draw: st.DrawFn, before: Tree) -> Change:
    return _changed_load(draw, before, lambda load: replace(load, rated_mw=draw(some_milliwatts)))


def _move(draw: st.DrawFn, before: Tree) -> Change:
    to = draw(st.sampled_from(before.breakers)).id
    return _changed_load(draw, before, lambda load: replace(load, circuit_id=to))


def _changed_load(draw: st.DrawFn, before: Tree, change: Callable[[Load], Load]) -> Change:
    if not before.loads:
        return _add(draw, before)
    load = change(draw(st.sampled_from(before.loads)))
    return Change(before, before.with_load(load), frozenset({load.id}), load.circuit_id)


def _add(draw: st.DrawFn, before: Tree) -> Change:
    load = draw(loads_with_id(99, on=[breaker.id for breaker in before.breakers]))
    return Change(before, before.with_load(load), frozenset({load.id}), load.circuit_id)


def _limit(draw: st.DrawFn, before: Tree) -> Change:
    breaker = replace(draw(st.sampled_from(before.breakers)), limit_mw=draw(limits))
    return Change(before, before.with_breaker(breaker), frozenset(), breaker.id)


@st.composite
def shuffled(draw: st.DrawFn, tree: Tree) -> Tree:
    """The same home, read in another order."""
    return Tree(tuple(draw(st.permutations(tree.breakers))), tuple(draw(st.permutations(tree.loads))))


@st.composite
def governed(draw: st.DrawFn, trees: st.SearchStrategy[Tree]) -> Tree:
    """The same homes, with rules for each load, and each switched not long ago or nobody knows when."""
    tree = draw(trees)
    loads = tuple(
        replace(load, rules=draw(all_rules), switched_at=draw(st.none() | st.integers(-5, 0).map(at)))
        for load in tree.loads
    )
    return Tree(tree.breakers, loads)


@st.composite
def claims_of(draw: st.DrawFn, tree: Tree) -> list[Claim]:
    """Of some of the loads that are off."""
    return [
        Claim(
            load.id,
            draw(st.sampled_from(Why)),
            draw(st.integers(-3, 0).map(at)),
            draw(st.none() | st.integers(-4, 0).map(at)),
            draw(st.integers(0, 4)),
            draw(st.none() | st.integers(-2, 4).map(at)),
        )
        for load in tree.loads
        if not load.is_on and draw(mostly)
    ]
