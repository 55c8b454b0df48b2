"""What the record has that decides nothing: limits that come and go, and what VoltSafe notes of its own accord."""

from collections.abc import Iterator

from appliances.balancer import admission, overload
from tests.linear.house import House
from tests.linear.record import GRANTED, Numbers, Row

OF_ITS_OWN = {"begin_limit", "end_limit", "needs_person", "needs_nobody"}
"""Nobody asks for these."""

LIMITS = {"add_limit", "remove_limit", "begin_limit", "end_limit"}
BOOKED = LIMITS | OF_ITS_OWN


def booked(house: House, row: Row) -> House:
    """The home after what came or went."""
    if row.limit is None or row.outcome != GRANTED or row.action not in LIMITS:
        return house
    if row.action in {"add_limit", "begin_limit"}:
        return house.with_limit(row.limit)
    return house.without_limit(row.limit.id)


def wrong(house: House, row: Row) -> Iterator[str]:
    """What could not be booked in a home that is so."""
    if row.action in LIMITS:
        yield from _wrong_limit(house, row)
    elif row.action == "needs_nobody" and overload.overloads(house.at(row.at)):
        yield f"revision {row.revision} calls nobody, and something is over its limit: {row}"
    elif row.action == "needs_person":
        yield from _wrong_call(house, row)


def _wrong_limit(house: House, row: Row) -> Iterator[str]:
    limit = row.limit
    if limit is None or row.outcome != GRANTED or limit.circuit_id != row.subject_id:
        yield f"revision {row.revision} names no limit of its circuit: {row}"
    elif row.action == "add_limit":
        if house.limit(limit.id) is not None:
            yield f"revision {row.revision} adds a limit that is there already: {row}"
    elif house.limit(limit.id) != limit:
        yield f"revision {row.revision} is about a limit that is not there: {row}"
    elif row.action == "begin_limit" and not limit.holds(row.at):
        yield f"at revision {row.revision} the limit does not hold: {row}"
    elif row.action == "end_limit" and row.at < limit.ends_at:
        yield f"at revision {row.revision} the limit is not over: {row}"


def _wrong_call(house: House, row: Row) -> Iterator[str]:
    tree = house.at(row.at)
    over = overload.overloads(tree)
    if not over:
        yield f"revision {row.revision} calls a person, and nothing is over its limit: {row}"
        return
    at = admission.numbers(over[0].breaker, tree, tree)
    if row.numbers != Numbers(at.circuit_id, at.load_before_mw, at.load_after_mw, at.limit_mw):
        yield f"revision {row.revision} calls a person by {row.numbers}; played again they are {at}"
