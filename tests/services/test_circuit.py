"""Adding, changing, re-hanging and removing circuits."""

from typing import Any

import pytest

from appliances.models import Circuit, Decision, Home
from appliances.models.decision import Action, Outcome, Subject
from appliances.services import circuit
from appliances.services.cleaning import InUse, Invalid
from appliances.services.outcome import Missing, Refused
from tests.builders import a_circuit, a_home, an_appliance, main_of
from tests.services.asking import BY
from tests.services.rows import newest, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


@pytest.fixture
def kitchen(home: Home) -> Circuit:
    return a_circuit(home, "Kitchen", limit_watts=3000)


def loads_of(home: Home) -> dict[str, Any]:
    return dict(Circuit.objects.filter(home=home).values_list("name", "load"))


def test_a_branch_is_fed_from_the_circuit_it_names(home: Home, kitchen: Circuit) -> None:
    wanted = {"name": " Worktop  sockets", "limit": "2990.5", "parent_id": kitchen.pk}

    changed = circuit.add(home_id=home.pk, wanted=wanted, **BY)

    row = Circuit.objects.get(pk=changed.subject_id)
    assert (row.name, str(row.limit), row.parent, row.load) == ("Worktop sockets", "2990.5", kitchen, 0)
    assert newest(home).facts["changes"] == {
        "name": [None, "Worktop sockets"],
        "parent_id": [None, kitchen.pk],
        "limit": [None, "2990.5"],
    }


def test_its_limit_may_be_more_than_that_of_what_feeds_it(home: Home, kitchen: Circuit) -> None:
    hob = a_circuit(home, limit_watts=9000, fed_from=kitchen)

    with pytest.raises(Refused) as refusal:
        an_appliance(home, watts=3001, at=hob, on=True)

    assert refusal.value.decision.circuit_name == "Kitchen"


def test_on_a_circuit_limited_to_nothing_nothing_fits(home: Home) -> None:
    spare = a_circuit(home, "Spare", limit_watts=0)

    with pytest.raises(Refused) as refusal:
        an_appliance(home, watts="0.001", at=spare, on=True)

    assert (refusal.value.decision.circuit_name, str(refusal.value.decision.exceeded_by)) == ("Spare", "0.001")


WRONG: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", None),
    ("name", "x" * 81),
    ("name", "GARAGE"),
    ("name", "main"),
    ("name", "nul\0"),
    ("limit", -1),
    ("limit", "0.0001"),
    ("limit", "1000000000.001"),
    ("limit", None),
    ("parent_id", 10**9),
    ("load", 0),
    ("home_id", 1),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_is_named_and_nothing_is_added(home: Home, field: str, value: Any) -> None:
    a_circuit(home, "Garage")
    before = rows_of(home)
    wanted = {"name": "Kitchen", "limit": 3000, "parent_id": main_of(home).pk, field: value}

    with pytest.raises(Invalid) as wrong:
        circuit.add(home_id=home.pk, wanted=wanted, **BY)

    assert list(wrong.value.errors) == [field]
    assert rows_of(home) == before


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_spoils_the_whole_change(home: Home, kitchen: Circuit, field: str, value: Any) -> None:
    a_circuit(home, "Garage")
    before, recorded = rows_of(home), newest(home)

    with pytest.raises(Invalid) as wrong:
        circuit.change(circuit_id=kitchen.pk, wanted={"limit": 2000, "name": "Pantry", field: value}, **BY)

    assert list(wrong.value.errors) == [field]
    assert (rows_of(home), newest(home)) == (before, recorded)


def test_a_home_has_one_main_circuit(home: Home, kitchen: Circuit) -> None:
    with pytest.raises(Invalid, match="already has a main circuit"):
        circuit.add(home_id=home.pk, wanted={"name": "Second", "limit": 1, "parent_id": None}, **BY)
    with pytest.raises(Invalid, match="already has a main circuit"):
        circuit.change(circuit_id=kitchen.pk, wanted={"parent_id": None}, **BY)


def test_the_main_circuit_cannot_be_fed_from_a_branch(home: Home, kitchen: Circuit) -> None:
    with pytest.raises(Invalid, match="fed by the supply itself"):
        circuit.change(circuit_id=main_of(home).pk, wanted={"parent_id": kitchen.pk}, **BY)


def test_a_circuit_cannot_be_fed_from_itself_or_from_below_itself(home: Home, kitchen: Circuit) -> None:
    worktop = a_circuit(home, fed_from=kitchen)
    kettle = a_circuit(home, fed_from=worktop)

    for below in (kitchen, worktop, kettle):
        with pytest.raises(Invalid, match="cannot be fed from itself"):
            circuit.change(circuit_id=kitchen.pk, wanted={"parent_id": below.pk}, **BY)


def test_a_circuit_of_another_home_feeds_nothing_here(home: Home, kitchen: Circuit) -> None:
    next_door = main_of(a_home())

    with pytest.raises(Invalid, match="no such circuit in this home"):
        circuit.change(circuit_id=kitchen.pk, wanted={"parent_id": next_door.pk}, **BY)


def test_a_limit_may_be_lowered_to_the_load_and_no_further(home: Home, kitchen: Circuit) -> None:
    oven = an_appliance(home, "Oven", watts=2400, at=kitchen, on=True)

    circuit.change(circuit_id=kitchen.pk, wanted={"limit": 2400}, **BY)
    with pytest.raises(Refused) as refusal:
        circuit.change(circuit_id=kitchen.pk, wanted={"limit": "2399.999"}, **BY)

    decision = refusal.value.decision
    assert (decision.action, decision.subject, decision.subject_id) == (
        Action.CHANGE_CIRCUIT,
        Subject.CIRCUIT,
        kitchen.pk,
    )
    assert (decision.requested, decision.load_after, str(decision.exceeded_by)) == (0, 2400, "0.001")
    assert [[one["id"] for one in way] for way in decision.facts["make_room"]] == [[oven.pk]]
    assert Circuit.objects.get(pk=kitchen.pk).limit == 2400


def test_hung_elsewhere_it_takes_its_load_and_its_branches_along(home: Home, kitchen: Circuit) -> None:
    worktop = a_circuit(home, "Worktop", fed_from=kitchen)
    annex = a_circuit(home, "Annex")
    an_appliance(home, watts=2000, at=worktop, on=True)

    changed = circuit.change(circuit_id=worktop.pk, wanted={"parent_id": annex.pk}, **BY)

    assert loads_of(home) == {"Main": 2000, "Kitchen": 0, "Worktop": 2000, "Annex": 2000}
    assert set(changed.circuits) == {worktop.pk, kitchen.pk, annex.pk, main_of(home).pk}


def test_hung_where_its_load_is_too_much_it_stays_where_it_was(home: Home, kitchen: Circuit) -> None:
    annex = a_circuit(home, "Annex", limit_watts=1999)
    an_appliance(home, watts=2000, at=kitchen, on=True)

    with pytest.raises(Refused) as refusal:
        circuit.change(circuit_id=kitchen.pk, wanted={"parent_id": annex.pk}, **BY)

    assert (refusal.value.decision.circuit_name, refusal.value.decision.exceeded_by) == ("Annex", 1)
    assert Circuit.objects.get(pk=kitchen.pk).parent == main_of(home)


def test_a_change_records_what_differs_and_nothing_else(home: Home, kitchen: Circuit) -> None:
    circuit.change(
        circuit_id=kitchen.pk, wanted={"name": "Pantry", "limit": 2000, "parent_id": kitchen.parent_id}, **BY
    )

    assert newest(home).facts["changes"] == {"name": ["Kitchen", "Pantry"], "limit": ["3000", "2000"]}
    assert newest(home).subject_name == "Kitchen"


def test_a_circuit_that_feeds_nothing_can_go(home: Home, kitchen: Circuit) -> None:
    changed = circuit.remove(circuit_id=kitchen.pk, **BY)

    assert not Circuit.objects.filter(pk=kitchen.pk).exists()
    assert (newest(home).action, newest(home).outcome) == (Action.REMOVE_CIRCUIT, Outcome.GRANTED)
    assert changed.subject_id == kitchen.pk


def test_a_circuit_stays_while_something_is_plugged_in(home: Home, kitchen: Circuit) -> None:
    an_appliance(home, at=kitchen)
    with pytest.raises(InUse, match=r"^1 appliance is plugged in at it"):
        circuit.remove(circuit_id=kitchen.pk, **BY)

    an_appliance(home, at=kitchen)
    with pytest.raises(InUse, match=r"^2 appliances are plugged in at it"):
        circuit.remove(circuit_id=kitchen.pk, **BY)


def test_a_circuit_stays_while_it_feeds_another(home: Home, kitchen: Circuit) -> None:
    a_circuit(home, fed_from=kitchen)
    with pytest.raises(InUse, match=r"^1 circuit is fed from it"):
        circuit.remove(circuit_id=kitchen.pk, **BY)

    a_circuit(home, fed_from=kitchen)
    with pytest.raises(InUse, match=r"^2 circuits are fed from it"):
        circuit.remove(circuit_id=kitchen.pk, **BY)


def test_the_main_circuit_stays_and_nothing_is_recorded(home: Home) -> None:
    recorded = Decision.objects.count()

    with pytest.raises(InUse, match="as long as its home"):
        circuit.remove(circuit_id=main_of(home).pk, **BY)

    assert Decision.objects.count() == recorded


def test_what_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        circuit.change(circuit_id=10**9, wanted={"name": "Ghost"}, **BY)
    with pytest.raises(Missing):
        circuit.remove(circuit_id=10**9, **BY)
    with pytest.raises(Missing):
        circuit.add(home_id=10**9, wanted={"name": "Ghost"}, **BY)
