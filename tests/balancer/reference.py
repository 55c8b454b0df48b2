"""The rules again, written as slowly and plainly as possible, to hold the product's answers against."""

from collections.abc import Iterator
from itertools import combinations

from appliances.balancer.tree import Tree


def feeds(tree: Tree, circuit_id: int, upper_id: int) -> bool:
    """Whether power for the circuit comes through the upper one, or it is the same."""
    if circuit_id == upper_id:
        return True
    parent_id = next(breaker.parent_id for breaker in tree.breakers if breaker.id == circuit_id)
    return parent_id is not None and feeds(tree, parent_id, upper_id)


def carried_mw(tree: Tree, circuit_id: int, off: frozenset[int] = frozenset()) -> int:
    return sum(
        load.rated_mw
        for load in tree.loads
        if load.is_on and load.id not in off and feeds(tree, load.circuit_id, circuit_id)
    )


def too_much_mw(tree: Tree, off: frozenset[int] = frozenset()) -> dict[int, int]:
    """By circuit, only where there is too much."""
    over_mw = {breaker.id: carried_mw(tree, breaker.id, off) - breaker.limit_mw for breaker in tree.breakers}
    return {circuit_id: mw for circuit_id, mw in over_mw.items() if mw > 0}


def to_blame(before: Tree, after: Tree) -> dict[int, int]:
    """The breakers that forbid the change, and how much too much it would be at each."""
    before_mw = too_much_mw(before)
    was_on = [load.id for load in before.loads if load.is_on]
    going_on = [load for load in after.loads if load.is_on and load.id not in was_on]
    return {
        circuit_id: mw
        for circuit_id, mw in too_much_mw(after).items()
        if mw > before_mw.get(circuit_id, 0) or any(feeds(after, load.circuit_id, circuit_id) for load in going_on)
    }


def depth(tree: Tree, circuit_id: int) -> int:
    return sum(feeds(tree, circuit_id, breaker.id) for breaker in tree.breakers)


def most_exceeded(tree: Tree) -> int:
    over_mw = too_much_mw(tree)
    return min(over_mw, key=lambda circuit_id: (-over_mw[circuit_id], -depth(tree, circuit_id), circuit_id))


def irreducible_ways(tree: Tree, keep: frozenset[int], *, largest: int | None = None) -> Iterator[frozenset[int]]:
    """Every set that is enough and of which no part is."""
    found: list[frozenset[int]] = []
    running = [load.id for load in tree.loads if load.is_on and load.id not in keep]
    for count in range(1, (largest or len(running)) + 1):
        for ids in map(frozenset, combinations(running, count)):
            if not any(smaller < ids for smaller in found) and not too_much_mw(tree, ids):
                found.append(ids)
                yield ids


def best_ways(tree: Tree, keep: frozenset[int], *, most: int = 3, largest: int | None = None) -> list[frozenset[int]]:
    if not too_much_mw(tree):
        return []
    worst = most_exceeded(tree)

    def order(ids: frozenset[int]) -> tuple[bool, int, list[int], int, list[int]]:
        off = [load for load in tree.loads if load.id in ids]
        most_important_first = sorted(load.priority for load in off)
        left_mw = carried_mw(tree, worst, ids)
        interrupts = not all(load.rules.may_be_interrupted for load in off)
        return interrupts, len(ids), [-place for place in most_important_first], -left_mw, sorted(ids)

    return sorted(irreducible_ways(tree, keep, largest=largest), key=order)[:most]
