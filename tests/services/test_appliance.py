"""Adding, changing, moving and removing appliances."""

from decimal import Decimal
from typing import Any

import pytest

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.models.decision import Action, Outcome, Subject
from appliances.services import appliance
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing, Refused
from tests.builders import a_circuit, a_home, an_appliance, main_of, turn_on
from tests.services.asking import BY
from tests.services.rows import load_of, newest, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


@pytest.fixture
def kitchen(home: Home) -> Circuit:
    return a_circuit(home, "Kitchen", limit_watts=3000)


def wanted_at(circuit: Circuit, **fields: Any) -> dict[str, Any]:
    return {"name": "Kettle", "rated": Decimal(2200), "circuit_id": circuit.pk, **fields}


def test_a_new_appliance_is_off(home: Home, kitchen: Circuit) -> None:
    changed = appliance.add(home_id=home.pk, wanted=wanted_at(kitchen), **BY)

    row = Appliance.objects.get(pk=changed.subject_id)
    assert (row.name, row.rated, row.circuit, row.is_on) == ("Kettle", 2200, kitchen, False)
    assert load_of(home) == 0


def test_everything_about_a_new_appliance_is_on_record(home: Home, kitchen: Circuit) -> None:
    appliance.add(home_id=home.pk, wanted=wanted_at(kitchen, rated="2200.50", priority=3, kind="kettle"), **BY)

    recorded = newest(home)
    assert (recorded.action, recorded.outcome) == (Action.ADD_APPLIANCE, Outcome.GRANTED)
    assert recorded.subject_name == "Kettle"
    assert recorded.facts["changes"] == {
        "name": [None, "Kettle"],
        "kind": [None, "kettle"],
        "circuit_id": [None, kitchen.pk],
        "rated": [None, "2200.5"],
        "priority": [None, 3],
        "may_be_shed": [None, False],
        "may_be_interrupted": [None, True],
        "returns_by_itself": [None, False],
        "min_on_seconds": [None, 0],
        "min_off_seconds": [None, 0],
        "max_on_seconds": [None, None],
        "note": [None, ""],
        "is_on": [None, False],
    }


def test_a_name_is_kept_without_spaces_around_and_with_single_ones_inside(home: Home, kitchen: Circuit) -> None:
    changed = appliance.add(home_id=home.pk, wanted=wanted_at(kitchen, name="  Wall \t oven "), **BY)

    assert Appliance.objects.get(pk=changed.subject_id).name == "Wall oven"


WRONG: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", " "),
    ("name", None),
    ("name", "x" * 81),
    ("name", "TOASTER"),
    ("kind", "spaceship"),
    ("rated", 0),
    ("rated", -1),
    ("rated", "1000000000.001"),
    ("rated", "2.0001"),
    ("rated", "much"),
    ("rated", None),
    ("priority", 0),
    ("priority", 1_000_001),
    ("min_off_seconds", -1),
    ("max_on_seconds", 0),
    ("may_be_shed", "perhaps"),
    ("priority", "high"),
    ("note", "x" * 201),
    ("note", "nul\0"),
    ("name", "nul\0"),
    ("name", "half a letter \ud83d"),
    ("circuit_id", None),
    ("circuit_id", 10**9),
    ("circuit_id", 10**30),
    ("is_on", True),
    ("home_id", 1),
    ("load", 0),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_is_named_and_nothing_is_added(home: Home, kitchen: Circuit, field: str, value: Any) -> None:
    an_appliance(home, "Toaster")
    before = rows_of(home)

    with pytest.raises(Invalid) as wrong:
        appliance.add(home_id=home.pk, wanted=wanted_at(kitchen, **{field: value}), **BY)

    assert list(wrong.value.errors) == [field]
    assert rows_of(home) == before


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_spoils_the_whole_change(home: Home, kitchen: Circuit, field: str, value: Any) -> None:
    an_appliance(home, "Toaster")
    kettle = an_appliance(home, "Kettle", at=kitchen)
    before, recorded = rows_of(home), newest(home)

    with pytest.raises(Invalid) as wrong:
        appliance.change(appliance_id=kettle.pk, wanted={"note": "descaled", field: value}, **BY)

    assert list(wrong.value.errors) == [field]
    assert (rows_of(home), newest(home)) == (before, recorded)


def test_a_circuit_of_another_home_is_not_there(home: Home) -> None:
    next_door = main_of(a_home())
    kettle = an_appliance(home)

    with pytest.raises(Invalid, match="no such circuit in this home"):
        appliance.add(home_id=home.pk, wanted=wanted_at(next_door), **BY)
    with pytest.raises(Invalid, match="no such circuit in this home"):
        appliance.change(appliance_id=kettle.pk, wanted={"circuit_id": next_door.pk}, **BY)


def test_names_are_unique_in_a_home_and_free_in_the_next(home: Home, kitchen: Circuit) -> None:
    an_appliance(a_home(), "Kettle")

    assert appliance.add(home_id=home.pk, wanted=wanted_at(kitchen), **BY).decision is not None


def test_a_change_records_what_differs_and_nothing_else(home: Home, kitchen: Circuit) -> None:
    kettle = an_appliance(home, "Kettle", watts=2000, at=kitchen)

    appliance.change(
        appliance_id=kettle.pk, wanted={"name": "Old kettle", "rated": Decimal("1999.5"), "priority": 5}, **BY
    )

    assert newest(home).facts["changes"] == {"name": ["Kettle", "Old kettle"], "rated": ["2000", "1999.5"]}
    assert newest(home).subject_name == "Kettle"


def test_what_is_not_named_stays(home: Home, kitchen: Circuit) -> None:
    kettle = an_appliance(home, "Kettle", watts=2000, at=kitchen, priority=2, kind="kettle")

    appliance.change(appliance_id=kettle.pk, wanted={"note": "descaled"}, **BY)

    row = Appliance.objects.get(pk=kettle.pk)
    assert (row.name, row.rated, row.priority, row.kind, row.note) == ("Kettle", 2000, 2, "kettle", "descaled")


def test_only_the_case_of_a_name_may_change(home: Home) -> None:
    kettle = an_appliance(home, "kettle")

    appliance.change(appliance_id=kettle.pk, wanted={"name": "Kettle"}, **BY)

    assert Appliance.objects.get(pk=kettle.pk).name == "Kettle"


def test_while_it_is_off_it_may_be_rated_higher_than_its_breaker(home: Home, kitchen: Circuit) -> None:
    kettle = an_appliance(home, watts=2000, at=kitchen)

    appliance.change(appliance_id=kettle.pk, wanted={"rated": 3001}, **BY)

    assert Appliance.objects.get(pk=kettle.pk).rated == 3001
    with pytest.raises(Refused):
        turn_on(kettle)


def test_a_change_that_moves_no_load_is_recorded_without_numbers(home: Home) -> None:
    kettle = an_appliance(home, watts=2000)

    appliance.change(appliance_id=kettle.pk, wanted={"rated": 2200}, **BY)

    recorded = newest(home)
    assert (recorded.circuit_id, recorded.load_before, recorded.load_after, recorded.limit) == (None, None, None, None)


def test_while_it_is_on_a_new_rating_moves_the_load_at_once(home: Home, kitchen: Circuit) -> None:
    kettle = an_appliance(home, watts=2000, at=kitchen, on=True)

    changed = appliance.change(appliance_id=kettle.pk, wanted={"rated": 2999}, **BY)

    assert load_of(home) == 2999
    assert changed.decision is not None
    assert (changed.decision.load_before, changed.decision.load_after) == (2000, 2999)
    assert set(changed.circuits) == {kitchen.pk, main_of(home).pk}


def test_while_it_is_on_it_does_not_count_twice_against_its_own_change(home: Home) -> None:
    heater = an_appliance(home, watts=4000, on=True)

    appliance.change(appliance_id=heater.pk, wanted={"rated": 5000}, **BY)

    assert load_of(home) == 5000


def test_a_refused_change_says_what_would_make_room_and_keeps_it_on(home: Home, kitchen: Circuit) -> None:
    oven = an_appliance(home, "Oven", watts=1000, at=kitchen, on=True)
    kettle = an_appliance(home, "Kettle", watts=2000, at=kitchen, on=True)

    with pytest.raises(Refused) as refusal:
        appliance.change(appliance_id=kettle.pk, wanted={"rated": 2001}, **BY)

    decision = refusal.value.decision
    assert (decision.action, decision.exceeded_by, decision.requested) == (Action.CHANGE_APPLIANCE, 1, 1)
    assert decision.facts["changes"] == {"rated": ["2000", "2001"]}
    assert [[one["id"] for one in way] for way in decision.facts["make_room"]] == [[oven.pk]]


def test_moving_takes_its_load_along(home: Home, kitchen: Circuit) -> None:
    garage = a_circuit(home, "Garage")
    heater = an_appliance(home, watts=2000, at=kitchen, on=True)

    changed = appliance.change(appliance_id=heater.pk, wanted={"circuit_id": garage.pk}, **BY)

    loads = dict(Circuit.objects.filter(home=home).values_list("name", "load"))
    assert loads == {"Main": 2000, "Kitchen": 0, "Garage": 2000}
    assert set(changed.circuits) == {kitchen.pk, garage.pk, main_of(home).pk}


def test_a_move_is_refused_where_the_new_breaker_is_full(home: Home, kitchen: Circuit) -> None:
    an_appliance(home, watts=2500, at=kitchen, on=True)
    heater = an_appliance(home, watts=501, on=True)

    with pytest.raises(Refused) as refusal:
        appliance.change(appliance_id=heater.pk, wanted={"circuit_id": kitchen.pk}, **BY)

    assert (refusal.value.decision.circuit_name, refusal.value.decision.exceeded_by) == ("Kitchen", 1)
    assert Appliance.objects.get(pk=heater.pk).circuit == main_of(home)


@pytest.mark.parametrize(("on", "freed"), [(True, 2000), (False, 0)])
def test_removing_frees_what_it_drew(home: Home, kitchen: Circuit, on: bool, freed: int) -> None:
    kettle = an_appliance(home, watts=2000, at=kitchen, on=on)
    before = load_of(home)

    changed = appliance.remove(appliance_id=kettle.pk, **BY)

    assert before - load_of(home) == freed
    assert not Appliance.objects.filter(pk=kettle.pk).exists()
    assert changed.subject_id == kettle.pk


def test_what_was_removed_stays_on_record(home: Home) -> None:
    kettle = an_appliance(home, "Kettle", watts=2000, on=True)

    appliance.remove(appliance_id=kettle.pk, **BY)

    record = Decision.objects.filter(subject=Subject.APPLIANCE, subject_id=kettle.pk).order_by("revision")
    assert [row.action for row in record] == [Action.ADD_APPLIANCE, Action.SWITCH_ON, Action.REMOVE_APPLIANCE]
    assert newest(home).facts["changes"]["rated"] == ["2000", None]


def test_what_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        appliance.change(appliance_id=10**9, wanted={"name": "Ghost"}, **BY)
    with pytest.raises(Missing):
        appliance.remove(appliance_id=10**9, **BY)
    with pytest.raises(Missing):
        appliance.add(home_id=10**9, wanted={"name": "Ghost"}, **BY)
