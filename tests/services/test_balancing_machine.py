"""People, limits, waits and a controller at random, on a clock of the test's own and the real database.

VOLTSAFE_EXAMPLES=500 looks longer.
"""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from appliances.balancer import overload, shedding
from appliances.models import Appliance, Decision, Home, Shed, TemporaryLimit, Wait
from appliances.models.decision import Action, Outcome
from appliances.services import (
    actor,
    appliance,
    circuit,
    controlling,
    home,
    limits,
    ordering,
    pruning,
    reading,
    switching,
    tending,
    verifying,
    waiting,
)
from appliances.services.cleaning import Invalid
from appliances.services.lowering import PreviewChanged
from appliances.services.outcome import Refused
from tests.builders import a_circuit, a_home, an_appliance, main_of
from tests.services.clock import START

EXAMPLES = int(os.environ.get("VOLTSAFE_EXAMPLES") or 5)
pytestmark = pytest.mark.timeout(120 + EXAMPLES * 2)

PLUGGED = st.lists(
    st.fixed_dictionaries(
        {
            "watts": st.sampled_from([1, 500, 999, 1000, 1500, 2000]),
            "at_kitchen": st.booleans(),
            "may_be_shed": st.booleans(),
            "may_be_interrupted": st.sampled_from([True, True, False]),
            "returns_by_itself": st.booleans(),
            "min_on_seconds": st.sampled_from([0, 0, 60, 300]),
            "min_off_seconds": st.sampled_from([0, 0, 60, 180]),
            "max_on_seconds": st.sampled_from([None, None, 600]),
        }
    ),
    min_size=3,
    max_size=6,
)
ONE = st.integers(0, 5)
OWN = {Action.SHED, Action.START, Action.RESTORE, Action.TOO_LONG}


class Day(RuleBasedStateMachine):
    @initialize(plugged=PLUGGED)
    def furnish(self, plugged: list[dict[str, Any]]) -> None:
        self.now = START
        self.home = a_home(limit_watts=4000)
        self.kitchen = a_circuit(self.home, limit_watts=2500)
        self.main = main_of(self.home)
        self.ids: list[int] = []
        self.told: list[Decision] = []
        for one in plugged:
            at = self.kitchen if one.pop("at_kitchen") else self.main
            row = an_appliance(self.home, watts=one.pop("watts"), at=at, priority=len(self.ids) + 1)
            appliance.change(appliance_id=row.pk, wanted=one, **self.asked)
            self.ids.append(row.pk)

    @property
    def asked(self) -> dict[str, Any]:
        return {"by": actor.SYSTEM, "now": self.now}

    def one(self, number: int) -> int:
        return self.ids[number % len(self.ids)]

    @rule(number=ONE, on=st.booleans())
    def switch(self, number: int, on: bool) -> None:
        with suppress(Refused):
            switching.switch(appliance_id=self.one(number), on=on, **self.asked)
            assert Appliance.objects.get(pk=self.one(number)).is_on == on

    @rule(number=ONE, off=st.lists(ONE, max_size=2))
    def swap(self, number: int, off: list[int]) -> None:
        with suppress(Refused, Invalid):
            switching.swap(on_id=self.one(number), off_ids=[self.one(each) for each in off], **self.asked)

    @rule(number=ONE, patience=st.sampled_from([30, 600, 7000]))
    def wait(self, number: int, patience: int) -> None:
        until = self.now + timedelta(seconds=patience)
        with suppress(Refused, Invalid):
            waiting.ask(appliance_id=self.one(number), expires_at=until, **self.asked)

    @rule(number=ONE)
    def wait_no_longer(self, number: int) -> None:
        waiting.cancel(appliance_id=self.one(number), **self.asked)

    @rule(
        watts=st.sampled_from([0, 500, 1500, 2500, 9000]),
        at_kitchen=st.booleans(),
        after=st.sampled_from([0, 0, 45]),
        lasts=st.sampled_from([20, 400, 4000]),
    )
    def limit(self, watts: int, at_kitchen: bool, after: int, lasts: int) -> None:
        starts = self.now + timedelta(seconds=after)
        wanted = {"circuit_id": (self.kitchen if at_kitchen else self.main).pk, "limit": Decimal(watts)}
        wanted |= {"starts_at": starts, "ends_at": starts + timedelta(seconds=lasts)}
        limits.add(home_id=self.home.pk, wanted=wanted, **self.asked)

    @rule()
    def lift_a_limit(self) -> None:
        if first := TemporaryLimit.objects.filter(home=self.home).first():
            limits.remove(limit_id=first.pk, **self.asked)

    @rule(watts=st.sampled_from([1000, 2000, 2500, 4000]))
    def lower_on_purpose(self, watts: int) -> None:
        """The refusal names what would go; asking for exactly that goes through."""
        change = {"circuit_id": self.kitchen.pk, "wanted": {"limit": Decimal(watts)}, **self.asked}
        try:
            circuit.change(**change)
        except Refused as why:
            if preview := why.decision.facts.get("would_shed"):
                with pytest.raises(PreviewChanged):
                    circuit.change(**change, shed=[])
                circuit.change(**change, shed=[one["id"] for one in preview])
                assert not Appliance.objects.filter(pk__in=[one["id"] for one in preview], is_on=True).exists()

    @rule(mode=st.sampled_from(["off", "observing", "armed", "armed", "armed"]))
    def set_mode(self, mode: str) -> None:
        controlling.set_mode(home_id=self.home.pk, mode=mode, **self.asked)

    @rule(number=ONE, up=st.booleans())
    def reorder(self, number: int, up: bool) -> None:
        ordering.move(appliance_id=self.one(number), home_id=self.home.pk, up=up, **self.asked)

    @rule(seconds=st.sampled_from([1, 1, 10, 60, 301]), controllers=st.sampled_from([1, 1, 2]))
    def tick(self, seconds: int, controllers: int) -> None:
        self.now += timedelta(seconds=seconds)
        for _ in range(controllers):
            tending.tick(self.now)
        if controlling.of(self.home).mode == "armed":
            self.nothing_that_helps_is_left()

    @rule(seconds=st.sampled_from([5, 300, 3600]))
    def no_controller_runs(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([0, 30, 600]))
    def let_old_decisions_go(self, seconds: int) -> None:
        """What was decided is noted first: the promises hold of all of it."""
        self.granted()
        assert sum(pruning.remove(self.home.pk, self.now - timedelta(seconds=seconds))) < len(self.told)

    def granted(self) -> list[Decision]:
        last = self.told[-1].revision if self.told else 0
        self.told += Decision.objects.filter(home=self.home, revision__gt=last).order_by("revision")
        return [row for row in self.told if row.outcome == Outcome.GRANTED]

    def nothing_that_helps_is_left(self) -> None:
        """What an armed controller leaves over its limit, it may not switch off; and then a person is called."""
        tree = reading.tree_of(self.home.pk, self.now)
        left = overload.overloads(tree)
        over = {each.breaker.id for each in left}
        could = [load for load in tree.loads if shedding.eligible(load)]
        assert not [load for load in could if over & {above.id for above in tree.path(load.circuit_id)}]
        needs = controlling.of(self.home).watching.get("needs", {})
        assert set(needs) == {str(pk) for pk in over}

    @invariant()
    def no_breaker_is_over_its_own_limit_and_the_record_tells_all(self) -> None:
        assert verifying.differences() == []

    @invariant()
    def what_is_done_is_allowed(self) -> None:
        """Never-shed ones are not touched, and none goes on or off faster than its times."""
        switched: dict[int, tuple[datetime, bool]] = {}
        rows = {row.pk: row for row in Appliance.objects.filter(home=self.home)}
        for told in self.granted():
            for pk, on in turned(told):
                row, before = rows[pk], switched.get(pk)
                lasted = None if before is None else (told.at - before[0]).total_seconds()
                if on and lasted is not None:
                    assert lasted >= row.min_off_seconds
                if told.action == Action.SHED:
                    assert row.may_be_shed
                    assert row.may_be_interrupted
                    assert lasted is None or lasted >= row.min_on_seconds or told.facts.get("against_min_on")
                switched[pk] = told.at, on

    @invariant()
    def unless_armed_nothing_is_touched(self) -> None:
        mode = "off"
        for told in self.granted():
            if told.action == Action.CHANGE_CONTROLLER:
                mode = told.facts["changes"]["mode"][1]
            elif told.action in OWN and told.facts.get("cause", {}).get("kind") != "lowered":
                assert mode == "armed"

    def teardown(self) -> None:
        """Everything that waits or was shed comes to an end."""
        if not hasattr(self, "home"):
            return
        for _ in range(9):
            self.now += timedelta(days=1)
            tending.tick(self.now)
        assert not Wait.objects.filter(home=self.home).exists()
        assert not Shed.objects.filter(home=self.home, returned_at=None).exists()
        self.no_breaker_is_over_its_own_limit_and_the_record_tells_all()
        home.remove(home_id=self.home.pk, **self.asked)
        assert not Home.objects.filter(pk=self.home.pk).exists()


def turned(told: Decision) -> list[tuple[int, bool]]:
    """What a decision switched."""
    if told.action in {Action.SWITCH_OFF, Action.SHED, Action.TOO_LONG}:
        return [] if "stays_off" in told.facts else [(told.subject_id, False)]
    if told.action in {Action.SWITCH_ON, Action.START, Action.RESTORE}:
        return [(told.subject_id, True)]
    if told.action == Action.SWAP:
        on = [(told.subject_id, True)] if told.requested else []
        return [*((one["id"], False) for one in told.facts["off"]), *on]
    return []


@pytest.mark.django_db(transaction=True)
def test_a_home_keeps_its_promises_whatever_happens() -> None:
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
