"""Random programs of every service, on the real database, against a reference that was written apart from them.

VOLTSAFE_EXAMPLES=2000 looks longer.
"""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from appliances.models import Appliance, Circuit, Decision, Home, Membership, User
from appliances.models.decision import Outcome
from appliances.models.membership import Role
from appliances.services import appliance, circuit, fitting, home, people, pruning, reading, switching, verifying
from appliances.services.cleaning import InUse, Invalid
from appliances.services.membership import LastOwner
from appliances.services.outcome import Changed, Missing, Refused
from tests.builders import NOW
from tests.services.asking import BY
from tests.services.reference import Fields, Reference

EXAMPLES = int(os.environ.get("VOLTSAFE_EXAMPLES") or 6)
NOWHERE = 10**9

ROLES = [str(role) for role in Role]
NAMES = st.sampled_from(["Kettle", "kettle ", "Oven", "Iron", "Heater", "Lamp", "Pump", "Dryer", "Fan"])
RATED = st.sampled_from([1, 999_999, 1_000_000, 1_000_001, 2_000_000]) | st.integers(1, 3_000_000)
LIMITS = st.sampled_from([0, 2_000_000, 2_000_001, 4_000_000]) | st.integers(0, 6_000_000)


def an(kind: str) -> st.SearchStrategy[int]:
    """The id of an appliance, or of a circuit, that is there."""
    return st.runner().flatmap(lambda machine: st.sampled_from(sorted(getattr(machine.should, kind))))


def some(kind: str) -> st.SearchStrategy[list[int]]:
    return st.runner().flatmap(
        lambda machine: st.lists(st.sampled_from(sorted(getattr(machine.should, kind))), unique=True, max_size=4)
    )


def there_are(kind: str) -> Callable[[Any], bool]:
    return lambda machine: bool(getattr(machine.should, kind))


def watts(mw: int) -> Decimal:
    return Decimal(mw).scaleb(-3)


def in_watts(wanted: Fields) -> Fields:
    return {name: watts(value) if name in {"rated", "limit"} else value for name, value in wanted.items()}


class Services(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.home_id = self.do(home.add, wanted={"name": "Home", "limit": Decimal(4000)}, owner=None).home_id
        self.gone = 0
        self.elsewhere_id = self.do(home.add, wanted={"name": "Elsewhere"}, owner=None).home_id
        self.circuit_elsewhere = Circuit.objects.get(home=self.elsewhere_id).pk
        main_id = Circuit.objects.get(home=self.home_id).pk
        self.should = Reference(
            home={"name": "Home", "warning_percent": 80, "critical_percent": 95},
            circuits={main_id: {"name": "Main", "parent_id": None, "limit": 4_000_000}},
            revision=2,
        )

    @initialize(plugged_in=st.lists(st.tuples(st.integers(0, 2), RATED, st.integers(1, 9)), min_size=4, max_size=7))
    def furnish(self, plugged_in: list[tuple[int, int, int]]) -> None:
        """A kitchen, its worktop, and at them or at the main whatever was drawn, as much of it on as fits."""
        self.add_a_circuit("Kitchen", self.should.main_id, 3_000_000)
        self.add_a_circuit("Worktop", max(self.should.circuits), 2_500_000)
        for number, (at, rated, priority) in enumerate(plugged_in):
            self.add_an_appliance(f"Appliance {number}", sorted(self.should.circuits)[at], rated, priority)
        self.switch_on(list(self.should.appliances))

    def teardown(self) -> None:
        self.do(home.remove, home_id=self.elsewhere_id)
        self.do(home.remove, home_id=self.home_id)
        assert Decision.objects.filter(home=self.home_id).count() == self.should.revision + 1 - self.gone

    @precondition(lambda self: len(self.should.appliances) < 10)
    @rule(name=NAMES, at=an("circuits"), rated=RATED, priority=st.integers(1, 9))
    def add_an_appliance(self, name: str, at: int, rated: int, priority: int) -> None:
        wanted = {"name": name, "circuit_id": at, "rated": rated, "priority": priority}
        if self.is_taken(wanted, self.should.appliances):
            return self.expect(Invalid, appliance.add, home_id=self.home_id, wanted=in_watts(wanted))
        pk = self.do(appliance.add, home_id=self.home_id, wanted=in_watts(wanted)).subject_id
        self.should.attempt(lambda it: it.appliances.update({pk: {**kept(wanted), "is_on": False}}))
        return None

    @precondition(there_are("appliances"))
    @rule(
        pk=an("appliances"),
        name=NAMES,
        at=an("circuits"),
        rated=RATED,
        priority=st.integers(1, 9),
        only=st.sets(st.sampled_from(["name", "circuit_id", "rated", "priority"]), min_size=1),
    )
    def change_an_appliance(self, pk: int, name: str, at: int, rated: int, priority: int, only: set[str]) -> None:
        every = {"name": name, "circuit_id": at, "rated": rated, "priority": priority}
        wanted = {field: value for field, value in every.items() if field in only}
        if self.is_taken(wanted, self.should.appliances, but=pk):
            return self.expect(Invalid, appliance.change, appliance_id=pk, wanted=in_watts(wanted))
        self.ask(
            lambda it: it.appliances[pk].update(kept(wanted)),
            appliance.change,
            appliance_id=pk,
            wanted=in_watts(wanted),
        )
        return None

    @precondition(there_are("appliances"))
    @rule(pk=an("appliances"))
    def remove_an_appliance(self, pk: int) -> None:
        self.ask(lambda it: it.appliances.pop(pk), appliance.remove, appliance_id=pk)

    @precondition(there_are("appliances"))
    @rule(pks=some("appliances"))
    def switch_on(self, pks: list[int]) -> None:
        for pk in pks:
            foreseen = fitting.refusal(reading.tree_of(switching.home_of(pk), NOW), pk)
            refused = self.ask(lambda it, pk=pk: it.switch(on=[pk]), switching.switch, appliance_id=pk, on=True)
            assert (foreseen is None) == (refused is None)
            if refused is not None:
                self.every_way_makes_room(pk, refused, [])

    @precondition(there_are("appliances"))
    @rule(pk=an("appliances"))
    def switch_off(self, pk: int) -> None:
        assert self.ask(lambda it: it.switch(off=[pk]), switching.switch, appliance_id=pk, on=False) is None

    @precondition(there_are("appliances"))
    @rule(pk=an("appliances"), off=some("appliances"))
    def swap(self, pk: int, off: list[int]) -> None:
        if pk in off:
            return self.expect(Invalid, switching.swap, on_id=pk, off_ids=off)
        refused = self.ask(lambda it: it.switch(on=[pk], off=off), switching.swap, on_id=pk, off_ids=off)
        if refused is not None:
            self.every_way_makes_room(pk, refused, off)
        return None

    @precondition(lambda self: len(self.should.circuits) < 6)
    @rule(name=NAMES, fed_from=an("circuits"), limit=LIMITS)
    def add_a_circuit(self, name: str, fed_from: int, limit: int) -> None:
        wanted = {"name": name, "parent_id": fed_from, "limit": limit}
        if self.is_taken(wanted, self.should.circuits):
            return self.expect(Invalid, circuit.add, home_id=self.home_id, wanted=in_watts(wanted))
        pk = self.do(circuit.add, home_id=self.home_id, wanted=in_watts(wanted)).subject_id
        self.should.attempt(lambda it: it.circuits.update({pk: kept(wanted)}))
        return None

    @rule(
        pk=an("circuits"),
        name=NAMES,
        fed_from=an("circuits"),
        limit=LIMITS,
        only=st.sets(st.sampled_from(["name", "parent_id", "limit"]), min_size=1),
    )
    def change_a_circuit(self, pk: int, name: str, fed_from: int, limit: int, only: set[str]) -> None:
        every = {"name": name, "parent_id": fed_from, "limit": limit}
        wanted = {field: value for field, value in every.items() if field in only}
        ends_in_itself = "parent_id" in wanted and pk in self.should.above(fed_from)
        if ends_in_itself or self.is_taken(wanted, self.should.circuits, but=pk):
            return self.expect(Invalid, circuit.change, circuit_id=pk, wanted=in_watts(wanted))
        self.ask(
            lambda it: it.circuits[pk].update(kept(wanted)), circuit.change, circuit_id=pk, wanted=in_watts(wanted)
        )
        return None

    @rule(pk=an("circuits"))
    def remove_a_circuit(self, pk: int) -> None:
        if pk == self.should.main_id or not self.should.feeds_nothing(pk):
            return self.expect(InUse, circuit.remove, circuit_id=pk)
        self.ask(lambda it: it.circuits.pop(pk), circuit.remove, circuit_id=pk)
        return None

    @rule(
        limit=LIMITS, warning=st.integers(1, 99), critical=st.integers(2, 100), name=st.sampled_from(["Home", "Flat"])
    )
    def change_the_home(self, limit: int, warning: int, critical: int, name: str) -> None:
        wanted = {"name": name, "warning_percent": warning, "critical_percent": critical}
        ask = {"home_id": self.home_id, "wanted": {**wanted, "limit": watts(limit)}}
        if warning >= critical:
            return self.expect(Invalid, home.change, **ask)

        def change(it: Reference) -> None:
            it.home.update(wanted)
            it.circuits[it.main_id]["limit"] = limit

        self.ask(change, home.change, **ask)
        return None

    @precondition(lambda self: len(self.should.people) < 4)
    @rule(role=st.sampled_from(ROLES))
    def let_somebody_in(self, role: str) -> None:
        user = User.objects.create(username=f"person {User.objects.count()}")
        self.do(people.add, home_id=self.home_id, user_id=user.pk, role=role)
        self.should.attempt(lambda it: it.people.update({user.pk: role}))
        self.expect(Invalid, people.add, home_id=self.home_id, user_id=user.pk, role=role)

    @precondition(there_are("people"))
    @rule(pk=an("people"), role=st.sampled_from(ROLES))
    def change_a_role(self, pk: int, role: str) -> None:
        if role != "owner" and self.should.is_last_owner(pk):
            return self.expect(LastOwner, people.change_role, home_id=self.home_id, user_id=pk, role=role)
        self.ask(
            lambda it: it.people.update({pk: role}), people.change_role, home_id=self.home_id, user_id=pk, role=role
        )
        return None

    @precondition(there_are("people"))
    @rule(pk=an("people"))
    def let_somebody_go(self, pk: int) -> None:
        if self.should.is_last_owner(pk):
            return self.expect(LastOwner, people.remove, home_id=self.home_id, user_id=pk)
        self.ask(lambda it: it.people.pop(pk), people.remove, home_id=self.home_id, user_id=pk)
        return None

    @rule(most=st.integers(1, 9))
    def let_old_decisions_go(self, most: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pruning, "BATCH", most)
            self.gone += next(pruning.remove(self.home_id, NOW + timedelta(seconds=1)), 0)

    @rule(value=st.sampled_from(["-1", "0.0001", "1e99", "many", None, "1000000000.001"]), at=an("circuits"))
    def ask_for_watts_that_are_none(self, value: str | None, at: int) -> None:
        self.expect(Invalid, circuit.change, circuit_id=at, wanted={"limit": value})
        self.expect(Invalid, home.change, home_id=self.home_id, wanted={"limit": value, "name": "Half"})
        wanted = {"name": "Half", "circuit_id": at, "rated": value}
        self.expect(Invalid, appliance.add, home_id=self.home_id, wanted=wanted)
        for pk in list(self.should.appliances)[:1]:
            self.expect(Invalid, appliance.change, appliance_id=pk, wanted={"rated": value, "name": "Half"})

    @rule(at=an("circuits"))
    def ask_for_what_belongs_elsewhere(self, at: int) -> None:
        elsewhere = {"circuit_id": self.circuit_elsewhere, "name": "Stray", "rated": 1}
        self.expect(Invalid, appliance.add, home_id=self.home_id, wanted=elsewhere)
        self.expect(Invalid, circuit.change, circuit_id=at, wanted={"parent_id": self.circuit_elsewhere})
        for pk in list(self.should.appliances)[:1]:
            self.expect(Missing, switching.swap, on_id=pk, off_ids=[NOWHERE])
            self.expect(Invalid, appliance.change, appliance_id=pk, wanted={"is_on": True})
        self.expect(Missing, switching.switch, appliance_id=NOWHERE, on=True)

    @invariant()
    def everything_is_as_it_should_be(self) -> None:
        of = Home.objects.get(pk=self.home_id)
        assert {name: getattr(of, name) for name in self.should.home} == self.should.home
        circuits = {row.pk: row for row in Circuit.objects.filter(home=of)}
        assert {pk: shown(row, ["name", "parent_id", "limit"]) for pk, row in circuits.items()} == {
            pk: in_watts(one) for pk, one in self.should.circuits.items()
        }
        assert {pk: row.load for pk, row in circuits.items()} == {
            pk: watts(self.should.carried(pk)) for pk in self.should.circuits
        }
        rows = Appliance.objects.filter(home=of)
        fields = ["name", "circuit_id", "rated", "priority", "is_on"]
        assert {row.pk: shown(row, fields) for row in rows} == {
            pk: in_watts(one) for pk, one in self.should.appliances.items()
        }
        assert dict(Membership.objects.filter(home=of).values_list("user_id", "role")) == self.should.people
        assert of.revision == self.should.revision == Decision.objects.filter(home=of).count() + self.gone
        assert verifying.differences() == []

    def do(self, use_case: Callable[..., Changed], **arguments: Any) -> Changed:
        return use_case(**arguments, **BY)

    def expect(self, error: type[Exception], use_case: Callable[..., Changed], **arguments: Any) -> None:
        with pytest.raises(error):
            self.do(use_case, **arguments)

    def ask(self, change: Callable[[Reference], Any], use_case: Callable[..., Changed], **arguments: Any) -> Any:
        """Ask the product what the reference is asked; returns the refusal, if it is one."""
        before = self.should.revision
        too_much = self.should.attempt(change)
        changed, refused = answer_of(partial(self.do, use_case, **arguments))
        if changed is None:
            assert (refused.outcome, refused.exceeded_by) == (Outcome.REFUSED, watts(too_much))
            return refused
        assert too_much == 0
        assert (changed.decision is None) == (self.should.revision == before)
        assert changed.revision == self.should.revision
        return None

    def every_way_makes_room(self, pk: int, refused: Decision, off: Sequence[int]) -> None:
        """Swaps in every way that is offered, and back again; where there is any way, one is offered."""
        running = [one for one in self.should.appliances if self.should.appliances[one]["is_on"]]
        ways = [[*off, *(one["id"] for one in way)] for way in refused.facts["make_room"]]
        for way in ways:
            going = [one for one in way if one in running]
            assert self.ask(lambda it, way=way: it.switch([pk], way), switching.swap, on_id=pk, off_ids=way) is None
            self.switch_off(pk)
            for back in going:
                self.ask(lambda it, back=back: it.switch([back]), switching.switch, appliance_id=back, on=True)
        alone = Reference(self.should.home, self.should.circuits, {pk: {**self.should.appliances[pk], "is_on": True}})
        assert bool(ways) == (alone.too_much() == 0)

    def is_taken(self, wanted: Fields, rows: dict[int, Fields], but: int | None = None) -> bool:
        name = kept(wanted).get("name", "")
        return any(one["name"].lower() == name.lower() for pk, one in rows.items() if pk != but)


def answer_of(ask: Callable[[], Changed]) -> tuple[Changed | None, Any]:
    try:
        return ask(), None
    except Refused as why:
        return None, why.decision


def kept(wanted: Fields) -> Fields:
    return {name: value.strip() if isinstance(value, str) else value for name, value in wanted.items()}


def shown(row: Any, fields: list[str]) -> Fields:
    return {name: getattr(row, name) for name in fields}


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300 + 10 * EXAMPLES)
def test_the_services_do_what_the_reference_does() -> None:
    run_state_machine_as_test(
        Services,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
