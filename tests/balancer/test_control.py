"""What a home does by itself, at one moment and over time."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from appliances.balancer import admission, control, shedding
from appliances.balancer.admission import Granted
from appliances.balancer.claims import STAGGER_SECONDS, Claim, State, Why
from appliances.balancer.control import Plan
from appliances.balancer.tree import Load, Tree
from tests.balancer import reference
from tests.balancer.clocks import NOW, at
from tests.balancer.homes import MAIN, a_breaker, a_home, a_load
from tests.balancer.strategies import claims_of, governed, limits, short_trees, shuffled, sound_trees, thorough, trees

homes = governed(sound_trees() | short_trees() | trees())
perhaps_lately = st.none() | st.integers(-12, 0).map(at)
perhaps_soon = st.none() | st.integers(-2, 4).map(at)


def since(load: Load, seconds: int) -> Load:
    return replace(load, switched_at=at(seconds))


def waiting(load_id: int, seconds: int = 0) -> Claim:
    return Claim(load_id, Why.WAITING, at(seconds))


def started(plan: Plan) -> int | None:
    return plan.start and plan.start.claim.load_id


@thorough
@given(tree=homes, last_start_at=perhaps_lately, held_until=perhaps_soon, choices=st.data())
def test_the_order_of_reading_changes_no_plan(
    tree: Tree, last_start_at: datetime | None, held_until: datetime | None, choices: st.DataObject
) -> None:
    queue = choices.draw(claims_of(tree))
    named = {"now": NOW, "last_start_at": last_start_at, "returns_held_until": held_until}
    reread = control.plan(choices.draw(shuffled(tree)), choices.draw(st.permutations(queue)), **named)

    assert reread == control.plan(tree, queue, **named)


@thorough
@given(tree=homes, last_start_at=perhaps_lately, held_until=perhaps_soon, choices=st.data())
def test_until_the_moment_it_names_time_changes_nothing(
    tree: Tree, last_start_at: datetime | None, held_until: datetime | None, choices: st.DataObject
) -> None:
    known = [replace(claim, fits_since=claim.fits_since or NOW) for claim in choices.draw(claims_of(tree))]
    named = {"last_start_at": last_start_at, "returns_held_until": held_until}
    plan = control.plan(tree, known, now=NOW, **named)

    assert plan.next_at is None or plan.next_at > NOW
    for seconds in range(15):
        if plan.next_at is None or at(seconds) < plan.next_at:
            later = control.plan(tree, known, now=at(seconds), **named)
            assert replace(later, next_at=None) == replace(plan, next_at=None)


@thorough
@given(tree=homes, last_start_at=perhaps_lately, held_until=perhaps_soon, choices=st.data())
def test_a_plan_carried_out_leaves_nothing_more_to_cut(
    tree: Tree, last_start_at: datetime | None, held_until: datetime | None, choices: st.DataObject
) -> None:
    queue = choices.draw(claims_of(tree))
    plan = control.plan(tree, queue, now=NOW, last_start_at=last_start_at, returns_held_until=held_until)
    off = [load.id for load in (*plan.too_long, *plan.shed.off)]
    settled = tree.switched(off=off)

    again = control.plan(settled, queue, now=NOW, last_start_at=last_start_at, returns_held_until=held_until)

    assert (again.too_long, again.shed.off) == ((), ())
    assert not {each.claim.load_id for each in plan.standings} & {load.id for load in tree.loads if load.is_on}
    if plan.start:
        assert not plan.shed.off
        assert last_start_at is None or (NOW - last_start_at).total_seconds() >= STAGGER_SECONDS
        after = settled.switched(on=[plan.start.claim.load_id])
        assert isinstance(admission.decide(before=settled, after=after), Granted)


class Home:
    """Carries out its plans; switches as somebody would, and is given other limits."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.claims: dict[int, Claim] = {}
        self.last_start_at: datetime | None = None
        self.now = NOW

    def switch(self, load: Load, *, on: bool) -> None:
        self.tree = self.tree.with_load(replace(load, is_on=on, switched_at=self.now))

    def ask(self, load: Load) -> None:
        if load.is_on:
            self.switch(load, on=False)
        else:
            self.claims.setdefault(load.id, Claim(load.id, Why.WAITING, self.now))

    def settle(self) -> None:
        """Until the plan has nothing more to do at this moment."""
        for _ in range(2 * len(self.tree.loads) + 2):
            plan = control.plan(self.tree, list(self.claims.values()), now=self.now, last_start_at=self.last_start_at)
            if not (plan.too_long or plan.shed.off or plan.start):
                return
            for load in plan.too_long:
                self.switch(load, on=False)
            for load in plan.shed.off:
                self._cut(load, plan)
            if plan.start:
                self._start(plan)
        raise AssertionError("It never comes to rest.")

    def _cut(self, load: Load, plan: Plan) -> None:
        assert shedding.eligible(load)
        self.switch(load, on=False)
        self.claims[load.id] = Claim(load.id, Why.SHED, self.now, hold_seconds=3)

    def _start(self, plan: Plan) -> None:
        assert plan.start
        load = self.tree.load(plan.start.claim.load_id)
        assert not load.is_on
        rested = None if load.switched_at is None else (self.now - load.switched_at).total_seconds()
        assert rested is None or rested >= load.rules.min_off_seconds
        before_mw = reference.too_much_mw(self.tree)
        self.switch(load, on=True)
        assert reference.too_much_mw(self.tree) == before_mw
        path = {breaker.id for breaker in self.tree.path(load.circuit_id)}
        assert not path & set(before_mw)
        del self.claims[load.id]
        self.last_start_at = self.now


@thorough
@given(tree=homes, choices=st.data())
def test_over_time_no_start_overloads_anything_and_every_rest_is_kept(tree: Tree, choices: st.DataObject) -> None:
    home = Home(tree)
    for moment in sorted(choices.draw(st.lists(st.integers(0, 60), max_size=12))):
        home.now = at(moment)
        for claim in tuple(home.claims.values()):
            home.claims[claim.load_id] = replace(claim, fits_since=claim.fits_since or home.now)
        if home.tree.loads and choices.draw(st.booleans()):
            home.ask(choices.draw(st.sampled_from(home.tree.loads)))
        else:
            breaker = choices.draw(st.sampled_from(home.tree.breakers))
            home.tree = home.tree.with_breaker(replace(breaker, limit_mw=choices.draw(limits)))
        home.settle()
        sheddable = {each.id for each in home.tree.loads if shedding.eligible(each)}
        for circuit_id in reference.too_much_mw(home.tree):
            below = {load.id for load in home.tree.loads if reference.feeds(home.tree, load.circuit_id, circuit_id)}
            assert not below & sheddable


def test_of_those_that_wait_one_starts_and_the_next_ten_seconds_later() -> None:
    tree = a_home(a_load(1, 1000, on=False), a_load(2, 1000, on=False))
    queue = [waiting(1), waiting(2, 1)]

    first = control.plan(tree, queue, now=NOW)
    switched = tree.switched(on=[1])
    second = control.plan(switched, queue, now=at(9), last_start_at=NOW)
    third = control.plan(switched, queue, now=at(10), last_start_at=NOW)

    assert (started(first), first.next_at) == (1, at(10))
    assert (started(second), second.next_at) == (None, at(10))
    assert (started(third), third.next_at) == (2, None)


def test_nothing_starts_while_something_is_shed() -> None:
    tree = a_home(a_load(1, 3000, may_be_shed=True), a_load(2, 3000), a_load(3, 100, on=False))

    plan = control.plan(tree, [waiting(3)], now=NOW)

    assert [load.id for load in plan.shed.off] == [1]
    assert started(plan) is None
    assert [each.state for each in plan.standings] == [State.READY]


def test_what_has_been_on_for_too_long_goes_off_first_and_spares_the_rest() -> None:
    iron = since(a_load(1, 2000, max_on_seconds=600, may_be_interrupted=False), -600)
    tree = a_home(iron, a_load(2, 2000, may_be_shed=True), a_load(3, 3000, on=False), limit_watts=3500)

    plan = control.plan(tree, [waiting(3)], now=NOW)

    assert [load.id for load in plan.too_long] == [1]
    assert plan.shed.off == ()
    assert [each.state for each in plan.standings] == [State.SHORT]


def test_says_when_the_longest_time_of_what_is_on_ends() -> None:
    iron = since(a_load(1, 2000, max_on_seconds=600), -100)

    assert control.plan(a_home(iron), [], now=NOW).next_at == at(500)


def test_what_is_shed_now_has_no_claim_yet() -> None:
    tree = a_home(a_load(1, 3000, may_be_shed=True), a_load(2, 3000))

    assert control.plan(tree, [Claim(1, Why.SHED, NOW)], now=NOW).standings == ()


def test_a_lock_holds_what_was_shed_and_nothing_else() -> None:
    tree = a_home(a_load(1, 1000, on=False), a_load(2, 1000, on=False, priority=9))
    queue = [Claim(1, Why.SHED, NOW, fits_since=at(-500)), waiting(2)]

    plan = control.plan(tree, queue, now=NOW, returns_held_until=at(1800))

    assert started(plan) == 2
    assert [(each.claim, each.state, each.until) for each in plan.standings] == [
        (queue[0], State.HOLDING, at(1800)),
        (queue[1], State.READY, None),
    ]
    assert plan.next_at == at(1800)


def test_while_something_is_cut_a_minimum_on_time_that_ends_may_change_the_choice() -> None:
    pump = since(a_load(1, 2000, priority=9, may_be_shed=True, min_on_seconds=60), -20)
    tree = a_home(pump, a_load(2, 2000, priority=1, may_be_shed=True), limit_watts=2000)

    plan = control.plan(tree, [], now=NOW)

    assert [load.id for load in plan.shed.off] == [2]
    assert plan.next_at == at(40)
    assert [load.id for load in control.plan(tree, [], now=at(40)).shed.off] == [1]


def test_a_home_at_rest_waits_for_a_change() -> None:
    tree = a_home(a_load(1, 5000), a_load(2, 1000, on=False))

    plan = control.plan(tree, [waiting(2)], now=NOW, last_start_at=at(-1))

    assert (plan.start, plan.next_at) == (None, None)


def test_a_limit_that_falls_sheds_and_a_limit_that_returns_lets_it_back() -> None:
    tree = a_home(a_load(1, 3000, may_be_shed=True), a_load(2, 1000))
    capped = tree.with_breaker(a_breaker(MAIN, limit_watts=2000))
    cut = control.plan(capped, [], now=NOW).shed.off
    claim = Claim(1, Why.SHED, NOW, fits_since=at(60), hold_seconds=300)
    held = control.plan(tree.switched(off=[1]), [claim], now=at(60))

    assert [load.id for load in cut] == [1]
    assert (started(held), held.next_at) == (None, at(360))
    assert started(control.plan(tree.switched(off=[1]), [claim], now=at(360))) == 1
