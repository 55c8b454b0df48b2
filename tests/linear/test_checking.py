"""What the checker lets through, and every kind of lie that it finds."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linear import matching
from tests.linear.one_by_one import KITCHEN, MAIN, OneByOne
from tests.linear.operations import (
    DONE,
    NOT_DONE,
    SHOWN,
    Answer,
    Operation,
    SetAppliance,
    SetLimit,
    Swap,
    Switch,
    Wanted,
)
from tests.linear.verdicts import checked, found


def some_wish(dice: Random) -> Wanted:
    pk, other = dice.sample(range(1, 7), 2)
    wishes: list[Wanted] = [
        Switch(pk, on=True),
        Switch(pk, on=True),
        Switch(pk, on=False),
        Swap(pk, frozenset({other})),
        SetLimit(dice.choice([MAIN, KITCHEN]), dice.randrange(1_000_000, 6_000_000)),
        SetAppliance(pk, dice.randrange(500_000, 3_000_000)),
    ]
    return dice.choice(wishes)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_was_done_one_after_the_other_is_let_through_however_the_questions_overlapped(dice: Random) -> None:
    """Each is carried out at a moment between its question and its answer; a third of the answers never came."""
    home, told = OneByOne(), []
    for moment in range(25):
        asked, answered = moment - 4 * dice.random(), moment + 4 * dice.random()
        if dice.random() < 0.3:
            told.append(home.shows(asked, answered))
            continue
        one = home.does(some_wish(dice), asked, answered)
        is_lost = dice.random() < 0.3
        told.append(Operation(one.wanted, asked) if is_lost else one)
    dice.shuffle(told)

    assert checked(home, *told) == []


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_refusals_that_are_all_alike_are_each_somebody_s(dice: Random) -> None:
    """They say no revision, and some are under way while others come and go."""
    home = OneByOne()
    told = [home.does(SetLimit(MAIN, 100_000), -20, -19)]
    for moment in range(60):
        asked, answered = moment - 6 * dice.random() ** 3, moment + 6 * dice.random() ** 3
        told.append(home.does(Switch(dice.choice([1, 1, 1, 2]), on=True), asked, answered))
    dice.shuffle(told)

    assert sum(one.answer is not None and one.answer.outcome == "refused" for one in told) == 60
    assert checked(home, *told) == []


def test_two_alike_change_places_past_one_that_is_not(home: OneByOne) -> None:
    """The same appliance refused by other numbers stands between them, and can be neither's."""
    home.does(SetLimit(MAIN, 100_000), 0, 1)
    early = home.does(Switch(1, on=True), 2, 3)
    home.does(SetLimit(MAIN, 200_000), 4, 5)
    between = home.does(Switch(1, on=True), 6, 7)
    home.does(SetLimit(MAIN, 100_000), 8, 9)
    late = home.does(Switch(1, on=True), 10, 11)
    first, middle, last = (row.revision for row in home.record if row.action == "switch_on")
    rows = {row.revision: row for row in home.record}

    found = matching._in_the_order_of_asking({first: late, middle: between, last: early}, rows)

    assert found == {first: early, middle: between, last: late}


def test_a_lost_update_is_found(home: OneByOne) -> None:
    first, second = home.does(Switch(1, on=True), 0, 1), home.does(Switch(2, on=True), 2, 3)
    assert checked(home, first, second) == []

    home.forgets(12)

    assert found(home, "revision 12 is not in the record", first, second)


def test_an_update_on_what_was_read_too_early_is_found(home: OneByOne) -> None:
    """Two were let in for which there was room for one."""
    first = home.does(Switch(6, on=True), 0, 1)
    home.house = home.start.house
    second = home.does(SetLimit(MAIN, 2_000_000), 0, 1)

    assert found(home, "played again it is refused", first, second)


def test_a_refusal_that_is_not_on_record_is_found(home: OneByOne) -> None:
    home.does(SetLimit(KITCHEN, 1_500_000), 0, 1)
    home.record.clear()
    refused = home.does(Switch(5, on=True), 2, 3)
    home.record.clear()

    assert found(home, "no decision in the record is this one's", refused)


def test_what_was_done_twice_is_found(home: OneByOne) -> None:
    limit = home.does(SetLimit(MAIN, 4_000_000), 0, 1)
    home.does(SetLimit(MAIN, 5_000_000), 0, 1)
    home.answer(SetLimit(MAIN, 4_000_000))
    back = Operation(SetLimit(MAIN, 5_000_000), 0, 1, Answer(DONE))

    assert found(home, "nobody asked for this", replace(limit, answer=Answer(DONE)), back)


def test_one_decision_for_two_answers_is_found(home: OneByOne) -> None:
    first = home.does(Switch(1, on=True), 0, 1)

    assert found(home, "was told twice", first, replace(first, asked_at=0.5))


def test_what_was_said_not_to_be_done_and_was_is_found(home: OneByOne) -> None:
    first = home.does(Switch(1, on=True), 0, 1)

    assert found(home, "nobody asked for this", replace(first, answer=Answer(NOT_DONE)))


def test_a_stale_read_is_found(home: OneByOne) -> None:
    first = home.does(Switch(1, on=True), 0, 1)
    stale = Operation(None, 4, 5, Answer(SHOWN, seen=home.seen()))
    second = home.does(Switch(2, on=True), 2, 3)
    assert checked(home, first, second, replace(stale, asked_at=2.5)) == []

    assert found(home, "answered before what stands before it was asked", first, second, stale)


def test_a_read_of_what_was_not_asked_for_yet_is_found(home: OneByOne) -> None:
    first = home.does(Switch(1, on=True), 2, 3)

    assert found(home, "answered before what stands before it was asked", first, home.shows(0, 1))


def test_a_read_of_numbers_that_never_were_is_found(home: OneByOne) -> None:
    first, look = home.does(Switch(1, on=True), 0, 1), home.shows(0, 2)
    assert look.answer
    assert look.answer.seen
    seen = replace(look.answer.seen, circuits={**look.answer.seen.circuits, MAIN: (0, 5_000_000)})

    assert found(home, "shown were", first, replace(look, answer=Answer(SHOWN, seen=seen)))


def test_reads_that_go_back_in_time_are_found(home: OneByOne) -> None:
    before = Operation(None, 5, 6, Answer(SHOWN, seen=home.seen()))
    first = home.does(Switch(1, on=True), 0, 9)
    after = home.shows(3, 4)
    assert checked(home, first, replace(before, asked_at=3), after) == []

    assert found(home, "answered before what stands before it was asked", first, after, before)


def test_decisions_in_another_order_than_real_time_are_found(home: OneByOne) -> None:
    late, early = home.does(Switch(1, on=True), 2, 3), home.does(Switch(2, on=True), 0, 1)

    assert found(home, "answered before what stands before it was asked", late, early)


def test_as_it_was_is_found_out_when_it_was_not(home: OneByOne) -> None:
    first, again = home.does(Switch(1, on=True), 0, 1), home.does(Switch(1, on=True), 2, 3)
    assert checked(home, first, again) == []

    assert found(home, "it was not as was asked", first, replace(again, wanted=Switch(1, on=False)))


def test_done_without_a_decision_has_been_so_at_some_moment(home: OneByOne) -> None:
    first = home.does(SetLimit(MAIN, 4_000_000), 0, 1)
    again = Operation(SetLimit(MAIN, 4_000_000), 2, 3, Answer(DONE))
    never = Operation(SetLimit(MAIN, 4_500_000), 2, 3, Answer(DONE))
    assert checked(home, first, again) == []

    assert found(home, "it was never as was asked", first, never)


def test_numbers_other_than_those_on_record_are_found(home: OneByOne) -> None:
    first = home.does(SetLimit(KITCHEN, 1_500_000), 0, 1)
    refused = home.does(Switch(5, on=True), 2, 3)
    assert refused.answer
    assert refused.answer.numbers
    numbers = replace(refused.answer.numbers, exceeded_by_mw=1)

    assert found(home, "no decision in the record", first, replace(refused, answer=Answer("refused", numbers=numbers)))


def test_a_gap_in_the_record_is_found(home: OneByOne) -> None:
    first, second = home.does(Switch(1, on=True), 0, 1), home.does(Switch(2, on=True), 2, 3)
    del home.record[0]

    assert found(home, "the record goes from revision 10 to 12", second, Operation(first.wanted, 0))


def test_what_was_not_answered_may_be_there_once_or_not_at_all(home: OneByOne) -> None:
    lost = Operation(Switch(1, on=True), 0)
    assert checked(home, lost) == []
    home.answer(Switch(1, on=True))
    assert checked(home, lost) == []
    home.answer(Switch(1, on=False))
    home.answer(Switch(1, on=True))

    assert found(home, "nobody asked for this", lost, Operation(Switch(1, on=False), 0))


def test_one_key_is_one_wish_however_often_it_is_sent(home: OneByOne) -> None:
    tried = Operation(Switch(1, on=True), 0, key="k")
    answered = replace(home.does(Switch(1, on=True), 1, 2), key="k")
    again = replace(answered, asked_at=3, answered_at=4)
    assert checked(home, tried, answered, again) == []

    other = replace(again, answer=Answer("granted", 12))
    assert found(home, "was answered in different ways", tried, answered, other)


def test_the_decisions_of_one_asker_are_no_other_s(home: OneByOne) -> None:
    one = home.does(SetLimit(MAIN, 4_000_000), 0, 1, by="ada")
    assert checked(home, one) == []

    assert found(home, "nobody asked for this", replace(one, by="bob", answer=Answer(DONE)))
