"""The queue of what wants to be on."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer import admission, claims, resting
from appliances.balancer.admission import Granted
from appliances.balancer.claims import MARGIN_MW, Claim, Standing, State, Why
from appliances.balancer.tree import Load, Tree
from tests.balancer import reference
from tests.balancer.clocks import NOW, at
from tests.balancer.homes import KITCHEN, MAIN, a_home, a_load
from tests.balancer.strategies import claims_of, governed, shuffled, sound_trees, thorough, trees

FITS = {State.READY, State.RESTING, State.HOLDING}


@st.composite
def half_off(draw: st.DrawFn) -> Tree:
    """Governed, and of what is on about half switched off, so that much of what waits fits."""
    tree = draw(governed(sound_trees() | trees()))
    return tree.switched(off=[load.id for load in tree.loads if draw(st.booleans())])


homes = half_off()


def waiting(load_id: int, since: int = 0) -> Claim:
    return Claim(load_id, Why.WAITING, at(since))


def shed(load_id: int, **named: object) -> Claim:
    return Claim(load_id, Why.SHED, NOW, **named)  # type: ignore[arg-type]


def standings(tree: Tree, *queue: Claim) -> list[Standing]:
    return list(claims.standings(tree, queue, NOW))


def missing_mw(tree: Tree, claim: Claim) -> int:
    """The rule again: how much too much it would be with its margin, at the worst breaker above it."""
    load = tree.load(claim.load_id)
    short_mw = []
    for breaker in tree.breakers:
        if reference.feeds(tree, load.circuit_id, breaker.id):
            margin_mw = min(MARGIN_MW, breaker.limit_mw - load.rated_mw) if claim.why is Why.SHED else 0
            carried_mw = reference.carried_mw(tree, breaker.id)
            short_mw.append(carried_mw + load.rated_mw + max(0, margin_mw) - breaker.limit_mw)
    return max(0, *short_mw)


@thorough
@given(tree=homes, choices=st.data())
def test_each_is_told_what_is_missing_with_those_ahead_on(tree: Tree, choices: st.DataObject) -> None:
    walked = tree
    too_large: tuple[int, ...] = ()
    for place, standing in enumerate(standings(tree, *choices.draw(claims_of(tree))), start=1):
        claim = standing.claim
        short_by_mw = missing_mw(walked, claim)
        assert (standing.place, standing.short_by_mw) == (place, short_by_mw)
        if short_by_mw:
            assert standing.state is (State.SHORT if missing_mw(tree, claim) else State.BEHIND)
            assert standing.at is not None
            free_mw = standing.at.limit_mw - reference.carried_mw(walked, standing.at.id)
            assert standing.needs_mw - free_mw == short_by_mw
            assert standing.passes == ()
            too_large += (claim.load_id,)
        else:
            assert standing.state in FITS
            assert (standing.at, standing.passes) == (None, too_large)
            walked = walked.switched(on=[claim.load_id])


@thorough
@given(tree=homes, choices=st.data())
def test_all_that_fit_may_be_on_together(tree: Tree, choices: st.DataObject) -> None:
    fit = [each.claim.load_id for each in standings(tree, *choices.draw(claims_of(tree))) if each.state in FITS]

    assert isinstance(admission.decide(before=tree, after=tree.switched(on=fit)), Granted)


@thorough
@given(tree=homes, choices=st.data())
def test_what_rests_or_is_held_says_until_when(tree: Tree, choices: st.DataObject) -> None:
    held_until = choices.draw(st.none() | st.integers(-2, 4).map(at))
    for each in claims.standings(tree, choices.draw(claims_of(tree)), NOW, returns_held_until=held_until):
        load, claim = tree.load(each.claim.load_id), each.claim
        rests = resting.rests_until(load, NOW)
        since = claim.fits_since or NOW
        moments = [since + timedelta(seconds=claim.hold_seconds), claim.not_before, held_until]
        held = [moment for moment in moments if moment and moment > NOW and claim.why is Why.SHED]
        if each.state in FITS:
            expected = State.RESTING if rests else State.HOLDING if held else State.READY
            assert (each.state, each.until) == (expected, rests or max(held, default=None))
        else:
            assert each.until is None


@thorough
@given(tree=homes, choices=st.data())
def test_the_order_of_reading_changes_no_standing(tree: Tree, choices: st.DataObject) -> None:
    queue = choices.draw(claims_of(tree))
    reread = choices.draw(shuffled(tree))

    assert standings(reread, *choices.draw(st.permutations(queue))) == standings(tree, *queue)


@thorough
@given(tree=homes, choices=st.data())
def test_the_queue_is_by_arrival_and_the_more_important_shed_stand_in_front(tree: Tree, choices: st.DataObject) -> None:
    queue = claims.ordered(tree, choices.draw(claims_of(tree)))

    def priority(claim: Claim) -> int:
        return tree.load(claim.load_id).priority

    arrivals = [(claim.since, claim.load_id) for claim in queue if claim.why is Why.WAITING]
    places = [(priority(claim), claim.load_id) for claim in queue if claim.why is Why.SHED]
    assert (arrivals, places) == (sorted(arrivals), sorted(places))
    waits = [claim for claim in queue if claim.why is Why.WAITING]
    for place, claim in enumerate(queue):
        if claim.why is Why.SHED:
            as_important = [priority(other) <= priority(claim) for other in waits]
            in_front = waits[: [*as_important, False].index(False)]
            assert [other for other in queue[:place] if other.why is Why.WAITING] == in_front


def test_who_came_first_is_first() -> None:
    tree = a_home(a_load(1, 3000, on=False), a_load(2, 3000, on=False), a_load(3, 1500, on=False))

    assert [
        (each.claim.load_id, each.state, each.short_by_mw)
        for each in standings(tree, waiting(1, since=5), waiting(2, since=3), waiting(3, since=9))
    ] == [(2, State.READY, 0), (1, State.BEHIND, 1_000_000), (3, State.READY, 0)]


def test_a_smaller_one_passes_only_what_does_not_fit_anyway() -> None:
    oven, kettle = a_load(1, 3000, on=False), a_load(2, 2000, on=False)

    passing = standings(a_home(oven, kettle, a_load(3, 2500)), waiting(1), waiting(2, since=1))
    behind = standings(a_home(oven, kettle, a_load(3, 1500)), waiting(1), waiting(2, since=1))

    assert [(each.state, each.passes) for each in passing] == [(State.SHORT, ()), (State.READY, (1,))]
    assert [(each.state, each.passes) for each in behind] == [(State.READY, ()), (State.BEHIND, ())]


def test_what_rests_keeps_its_room() -> None:
    oven = replace(a_load(1, 3000, on=False, min_off_seconds=60), switched_at=at(-20))
    first, second = standings(a_home(oven, a_load(2, 2500, on=False)), waiting(1), waiting(2, since=1))

    assert (first.state, first.until) == (State.RESTING, at(40))
    assert (second.state, second.short_by_mw, second.at and second.at.id) == (State.BEHIND, 500_000, MAIN)


def test_the_shed_stand_in_front_of_what_is_less_important_and_else_at_the_end() -> None:
    loads = [a_load(load_id, 100, on=False, priority=place) for load_id, place in enumerate([5, 3, 4, 5, 9], start=1)]
    queue = [waiting(1), waiting(2, since=1), shed(3), shed(4), shed(5)]

    assert [claim.load_id for claim in claims.ordered(a_home(*loads), queue)] == [3, 1, 2, 4, 5]


def test_what_was_shed_needs_a_margin_beyond_its_watts() -> None:
    heater = a_load(1, 2000, on=False)
    enough, too_little = a_home(heater, a_load(2, 2800)), a_home(heater, a_load(2, "2800.001"))

    assert [(each.state, each.needs_mw) for each in standings(enough, shed(1))] == [(State.READY, 2_200_000)]
    assert [(each.state, each.short_by_mw) for each in standings(too_little, shed(1))] == [(State.SHORT, 1)]
    assert [each.state for each in standings(too_little, waiting(1))] == [State.READY]


def test_with_everything_else_off_what_was_shed_can_always_return() -> None:
    tree = a_home(a_load(1, 2900, at=KITCHEN, on=False))

    assert [(each.state, each.needs_mw) for each in standings(tree, shed(1))] == [(State.READY, 3_000_000)]


@pytest.mark.parametrize(
    ("claim", "until"),
    [
        (shed(1, fits_since=at(-299), hold_seconds=300), at(1)),
        (shed(1, fits_since=at(-300), hold_seconds=300), None),
        (shed(1, hold_seconds=300), at(300)),
        (shed(1, fits_since=at(-300), hold_seconds=300, not_before=at(7)), at(7)),
        (shed(1, fits_since=at(-290), hold_seconds=300, not_before=at(7)), at(10)),
    ],
)
def test_what_was_shed_returns_when_there_was_room_for_long_enough(claim: Claim, until: datetime | None) -> None:
    (standing,) = standings(a_home(a_load(1, 2000, on=False)), claim)

    assert (standing.state, standing.until) == (State.HOLDING if until else State.READY, until)


def test_what_is_on_has_no_claim() -> None:
    on: Load = a_load(1, 2000)

    assert standings(a_home(on), waiting(1)) == []


def test_each_failure_doubles_the_hold_up_to_an_hour() -> None:
    assert [claims.hold_after(failures) for failures in range(6)] == [300, 600, 1200, 2400, 3600, 3600]
    assert claims.hold_after(10**9) == 3600


@pytest.mark.parametrize(
    ("failed_at", "until"),
    [
        ([], None),
        ([-10, -5], None),
        ([-605, -300, -5], at(1795)),
        ([-606, -300, -5], None),
        ([-1900, -1850, -1801], None),
        ([-1900, -1850, -1800], None),
        ([-1900, -1850, -1799], at(1)),
        ([-900, -850, -800, -400, -10], at(1400)),
        ([-900, -850, -800, -300, -250], at(1550)),
    ],
)
def test_three_failures_within_ten_minutes_hold_every_return(failed_at: list[int], until: datetime | None) -> None:
    moments = [at(seconds) for seconds in failed_at]

    assert claims.locked_until(moments, NOW) == claims.locked_until(moments[::-1], NOW) == until
