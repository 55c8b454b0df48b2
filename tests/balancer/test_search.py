"""The search by itself: with steps enough it needs no help to find the best."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from appliances.balancer.rank import rank
from appliances.balancer.relief import Demand, Running
from appliances.balancer.search import Search
from tests.balancer.homes import a_load
from tests.balancer.strategies import priorities, thorough

INNER, OUTER, BESIDE = range(3)
chains = st.sampled_from([(INNER, OUTER), (OUTER,), (OUTER,), (BESIDE, OUTER)])
kinds = st.lists(st.tuples(chains, st.integers(2, 6), priorities), min_size=1, max_size=8)
missing = st.tuples(st.integers(0, 8), st.integers(1, 24), st.integers(0, 4))


def is_enough(off: tuple[Running, ...], demand: Demand) -> bool:
    return demand.after(off).is_met()


def irreducible(running: list[Running], demand: Demand) -> list[tuple[Running, ...]]:
    enough = (off for size in range(len(running) + 1) for off in combinations(running, size) if is_enough(off, demand))
    return [off for off in enough if not any(is_enough(less, demand) for less in combinations(off, len(off) - 1))]


@settings(thorough, max_examples=250)
@given(kinds=kinds, missing=missing, worst=st.sampled_from([INNER, OUTER, BESIDE]), most=st.integers(1, 5))
def test_finds_the_best_irreducible_sets(
    kinds: list[tuple[tuple[int, ...], int, int]], missing: tuple[int, ...], worst: int, most: int
) -> None:
    running = [
        Running(a_load(at, watts, priority=priority), under)
        for at, (under, watts, priority) in enumerate(kinds, start=1)
    ]
    demand = Demand(tuple(watts * 1000 for watts in missing), worst)
    search = Search(running, demand, most=most, budget=10**6)

    search.run(range(1, len(running) + 1))

    assert [ranked for ranked, _ in search.best] == sorted(rank(off, demand) for off in irreducible(running, demand))[
        :most
    ]


def test_stops_within_its_budget_and_keeps_what_it_has() -> None:
    running = [Running(a_load(at, 100 + at), (0,)) for at in range(1, 41)]
    demand = Demand((2_000_000,), worst=0)
    search = Search(running, demand, most=3, budget=500)
    search.offer(running[-16:])

    search.run(range(15, 41))

    assert 500 < search.steps < 600
    assert search.best


def test_a_set_offered_twice_is_kept_once() -> None:
    kettle, oven = Running(a_load(1, 2000), (0,)), Running(a_load(2, 3000), (0,))
    search = Search([kettle, oven], Demand((2_500_000,), worst=0), most=3)

    search.offer([kettle, oven])
    search.offer([oven, kettle])

    assert len(search.best) == 1
