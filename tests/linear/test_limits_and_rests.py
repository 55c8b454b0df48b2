"""What the checker lets through, and which lies it finds, where limits come and go and something has to rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linear.house import House, Limit
from tests.linear.one_by_one import COMPRESSOR, KITCHEN, MAIN, RESTS, OneByOne, at
from tests.linear.operations import SHOWN, AddLimit, Answer, Operation, RemoveLimit, SetLimit, Swap, Switch, Wanted
from tests.linear.verdicts import checked, found

EVENING = AddLimit(MAIN, 1_200_000, at(10), at(20))
"""Room for the smallest appliance only."""


@contextmanager
def mistaken(home: OneByOne, house: House) -> Iterator[None]:
    """Whoever decides in here takes the home for this one."""
    truly = home.house
    home.house = house
    yield
    home.house = truly


def added(home: OneByOne) -> Limit:
    limit = home.record[-1].limit
    assert limit
    return limit


def some_wish(home: OneByOne, dice: Random, moment: float) -> Wanted:
    pk, other = dice.sample(range(1, 7), 2)
    circuit_id, begins = dice.choice([MAIN, KITCHEN]), moment + 8 * dice.random() - 4
    wishes: list[Wanted] = [
        *[Switch(pk, on=True)] * 3,
        *[Switch(pk, on=False)] * 2,
        *[Switch(COMPRESSOR, on=dice.random() < 0.6)] * 2,
        Swap(pk, frozenset({other})),
        SetLimit(circuit_id, dice.randrange(1_000_000, 6_000_000)),
        AddLimit(circuit_id, dice.randrange(0, 6_000_000), at(begins), at(begins + 6 * dice.random())),
        *(RemoveLimit(limit.circuit_id, limit.id) for limit in home.house.limits),
    ]
    return dice.choice(wishes)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_was_done_one_after_the_other_is_let_through_whichever_limits_came_and_went(dice: Random) -> None:
    home, told = OneByOne(), []
    for moment in range(30):
        asked, answered = moment - 4 * dice.random(), moment + 4 * dice.random()
        if dice.random() < 0.3:
            told.append(home.shows(asked, answered))
            continue
        one = home.does(some_wish(home, dice, moment), asked, answered)
        told.append(Operation(one.wanted, asked) if dice.random() < 0.3 else one)
        over = [limit for limit in home.house.limits if limit.ends_at <= at(moment)]
        if over and dice.random() < 0.3:
            home.by_itself("end_limit", over[0], moment)
    dice.shuffle(told)

    assert checked(home, *told) == []


def test_what_was_granted_past_a_limit_is_found(home: OneByOne) -> None:
    first = home.does(EVENING, 0, 1)
    with mistaken(home, replace(home.house, limits=())):
        second = home.does(Switch(4, on=True), 12, 13)

    assert found(home, "played again it is refused", first, second)


def test_what_was_refused_by_a_limit_that_was_over_is_found(home: OneByOne) -> None:
    first = home.does(EVENING, 0, 1)
    longer = replace(home.house, limits=(replace(added(home), ends_at=at(30)),))
    with mistaken(home, longer):
        second = home.does(Switch(4, on=True), 21, 22)

    assert found(home, "played again it is granted", first, second)


def test_so_is_what_was_refused_by_one_that_had_not_begun(home: OneByOne) -> None:
    first = home.does(EVENING, 0, 1)
    earlier = replace(home.house, limits=(replace(added(home), starts_at=at(0)),))
    with mistaken(home, earlier):
        second = home.does(Switch(4, on=True), 8, 9)

    assert found(home, "played again it is granted", first, second)


def test_a_decision_at_another_moment_than_it_was_asked_for_is_found(home: OneByOne) -> None:
    """Otherwise every limit could be got past by saying that it was earlier."""
    first = home.does(EVENING, 0, 1)
    second = home.does(Switch(4, on=True), 8, 9)
    assert checked(home, first, second) == []

    assert found(home, "the record has something else", first, replace(second, asked_at=12, answered_at=13))


@pytest.mark.parametrize("lifted", [True, False])
def test_a_limit_that_was_lifted_binds_nobody(home: OneByOne, lifted: bool) -> None:
    told = [home.does(EVENING, 0, 1)]
    limit = added(home)
    if lifted:
        told.append(home.does(RemoveLimit(MAIN, limit.id), 2, 3))
    with mistaken(home, replace(home.house, limits=())):
        told.append(home.does(Switch(4, on=True), 12, 13))

    assert (checked(home, *told) == []) is lifted


def test_a_look_that_shows_a_limit_that_is_over_is_found(home: OneByOne) -> None:
    first = home.does(EVENING, 0, 1)
    look = Operation(None, 18, 19, Answer(SHOWN, seen=home.seen(18)))
    assert checked(home, first, look) == []
    assert checked(home, first, replace(look, answered_at=23)) == []

    assert found(home, "shown were", first, replace(look, asked_at=22, answered_at=23))


def test_a_limit_that_comes_and_goes_out_of_its_time_is_found(home: OneByOne) -> None:
    first = home.does(EVENING, 0, 1)
    limit = added(home)
    home.by_itself("begin_limit", limit, 10)
    home.by_itself("end_limit", limit, 20)
    assert checked(home, first) == []

    home.record[1] = replace(home.record[1], at=at(9))
    home.record[2] = replace(home.record[2], at=at(19))
    assert found(home, "the limit does not hold", first)
    assert found(home, "the limit is not over", first)


def test_a_limit_that_nobody_asked_for_is_found(home: OneByOne) -> None:
    home.does(EVENING, 0, 1)

    assert found(home, "nobody asked for this")


def test_a_limit_that_was_answered_and_is_not_there_is_found(home: OneByOne) -> None:
    first = home.does(EVENING, 0, 1)
    limit = added(home)
    home.record.clear()
    home.revision = home.start.revision
    home.by_itself("end_limit", limit, 20)

    assert found(home, "the record has something else", first)
    assert found(home, "about a limit that is not there", first)


def rested(home: OneByOne) -> list[Operation]:
    """It was switched off a second ago."""
    return [home.does(Switch(COMPRESSOR, on=True), 0, 1), home.does(Switch(COMPRESSOR, on=False), 2, 3)]


@pytest.mark.parametrize("wanted", [Switch(COMPRESSOR, on=True), Swap(COMPRESSOR, frozenset({1}))])
def test_what_has_to_rest_and_goes_on_is_found(home: OneByOne, wanted: Wanted) -> None:
    told = rested(home)
    refused = home.does(wanted, 4, 5)
    assert refused.answer
    assert refused.answer.rests_until == at(2.5 + RESTS)
    assert checked(home, *told, refused) == []

    home.record.pop()
    home.revision -= 1
    with mistaken(home, home.start.house):
        granted = home.does(wanted, 4, 5)

    assert found(home, "played again it rests until", *told, granted)


def test_what_has_rested_and_may_not_go_on_is_found(home: OneByOne) -> None:
    told = rested(home)
    later = home.does(Switch(COMPRESSOR, on=True), 13, 14)
    assert checked(home, *told, later) == []

    home.record.pop()
    home.revision -= 1
    load = replace(home.house.tree.load(COMPRESSOR), is_on=False, switched_at=at(8))
    with mistaken(home, replace(home.house, tree=home.house.tree.with_load(load))):
        refused = home.does(Switch(COMPRESSOR, on=True), 13, 14)

    assert found(home, "played again it rests until None", *told, refused)


def test_another_end_of_a_rest_than_is_on_record_is_found(home: OneByOne) -> None:
    told = rested(home)
    refused = home.does(Switch(COMPRESSOR, on=True), 4, 5)
    lie = replace(refused, answer=Answer("refused", rests_until=at(14)))

    assert found(home, "no decision in the record is this one's", *told, lie)


def test_rest_begins_anew_with_each_time_it_goes_off(home: OneByOne) -> None:
    told = [*rested(home), home.does(Switch(COMPRESSOR, on=True), 13, 14)]
    told += [home.does(Switch(COMPRESSOR, on=False), 15, 16), home.does(Switch(COMPRESSOR, on=True), 17, 18)]
    last = told[-1].answer

    assert last
    assert last.rests_until == at(15.5 + RESTS)
    assert checked(home, *told) == []
