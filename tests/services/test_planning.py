"""Plans on the tree itself: exact, and of every breaker."""

from dataclasses import replace

import pytest

from appliances.balancer.tree import Breaker, Load, Tree
from appliances.services import planning
from appliances.services.cleaning import Invalid


def a_load(number: int, watts: int, *, on: bool = False, at: int = 1) -> Load:
    return Load(number, f"Load {number}", at, watts * 1000, on, 5)


@pytest.fixture
def tree() -> Tree:
    return Tree(
        (Breaker(1, "Main", None, 5_000_000), Breaker(2, "Kitchen", 1, 3_000_000)),
        (a_load(1, 2000, on=True), a_load(2, 3000, at=2), a_load(3, 1, at=2)),
    )


def test_exactly_the_limit_fits(tree: Tree) -> None:
    assert planning.plan(tree, on=[2], off=[]).refused is None


def test_the_branch_binds_where_it_is_exceeded(tree: Tree) -> None:
    refused = planning.plan(tree, on=[2, 3], off=[1]).refused

    assert refused is not None
    assert (refused.at.circuit_id, refused.exceeded_by_mw) == (2, 1000)


def test_what_is_over_its_limit_already_does_not_fit(tree: Tree) -> None:
    lowered = tree.with_breaker(replace(tree.breaker(1), limit_mw=1_500_000))

    refused = planning.plan(lowered, on=[], off=[]).refused

    assert refused is not None
    assert refused.exceeded_by_mw == 500_000
    assert [[load.id for load in way.off] for way in refused.ways] == [[1]]
    assert planning.plan(lowered, on=[], off=[1]).refused is None


def test_ids_that_make_no_sense_are_all_named(tree: Tree) -> None:
    with pytest.raises(Invalid) as wrong:
        planning.plan(tree, on=[1, 9, 8], off=[1, 7])

    assert {name: len(texts) for name, texts in wrong.value.errors.items()} == {"on": 1, "off": 2}
    assert "8, 9" in wrong.value.errors["on"][0]
