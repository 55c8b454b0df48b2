"""The sample home: made once, completed where something is missing, never doubled."""

from functools import partial

import pytest

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.services import appliance, circuit, home, sample_home, switching, verifying
from appliances.services.outcome import Refused
from tests.builders import a_home, main_of, turn_off
from tests.races.crowd import at_once
from tests.services.asking import BY
from tests.services.rows import load_of, revision_of, rows_of

pytestmark = pytest.mark.django_db

ON = {name: watts for name, _kind, _at, watts, _priority, on in sample_home.APPLIANCES if on}


@pytest.fixture
def sample() -> Home:
    sample_home.add(**BY)
    return Home.objects.get(slug=sample_home.SLUG)


def called(sample: Home, name: str) -> Appliance:
    return Appliance.objects.get(home=sample, name=name)


def test_it_is_as_it_is_described(sample: Home) -> None:
    assert sample.name == sample_home.NAME
    assert Circuit.objects.filter(home=sample).count() == 1 + len(sample_home.CIRCUITS)
    assert Appliance.objects.filter(home=sample).count() == len(sample_home.APPLIANCES)
    assert dict(Appliance.objects.filter(home=sample).switched_on().values_list("name", "rated")) == ON
    assert load_of(sample) == sum(ON.values())
    assert verifying.differences() == []


def test_its_first_minute_shows_a_grant_and_two_refusals(sample: Home) -> None:
    def press(name: str) -> str:
        try:
            switching.switch(appliance_id=called(sample, name).pk, on=True, **BY)
        except Refused as why:
            return why.decision.circuit_name
        return "granted"

    assert (press("Oven"), press("Kettle")) == ("granted", "Main")
    for name in ("Oven", "Space heater"):
        turn_off(called(sample, name))
    assert (press("Kettle"), press("Coffee machine")) == ("granted", "Worktop sockets")


def test_made_again_it_changes_nothing(sample: Home) -> None:
    rows, revision = rows_of(sample), revision_of(sample)

    assert sample_home.add(**BY) is None

    assert (rows_of(sample), revision_of(sample)) == (rows, revision)


def test_made_again_it_leaves_alone_what_people_have_changed(sample: Home) -> None:
    turn_off(called(sample, "Fridge"))
    appliance.change(appliance_id=called(sample, "Oven").pk, wanted={"rated": 2000}, **BY)
    rows = rows_of(sample)

    sample_home.add(**BY)

    assert rows_of(sample) == rows


def test_a_half_made_one_is_completed(sample: Home) -> None:
    whole = Appliance.objects.filter(home=sample).count()
    for name in ("Kettle", "Coffee machine", "Microwave", "Fridge"):
        appliance.remove(appliance_id=called(sample, name).pk, **BY)
    circuit.remove(circuit_id=Circuit.objects.get(home=sample, name="Worktop sockets").pk, **BY)

    changed = sample_home.add(**BY)

    assert changed is not None
    assert Appliance.objects.filter(home=sample).count() == whole
    assert called(sample, "Kettle").circuit.name == "Worktop sockets"
    assert called(sample, "Kettle").circuit.parent.name == "Kitchen"
    assert called(sample, "Fridge").is_on
    assert verifying.differences() == []


def test_completing_it_switches_on_only_what_fits(sample: Home) -> None:
    appliance.remove(appliance_id=called(sample, "Space heater").pk, **BY)
    home.change(home_id=sample.pk, wanted={"limit": load_of(sample)}, **BY)

    sample_home.add(**BY)

    assert not called(sample, "Space heater").is_on
    assert load_of(sample) == main_of(sample).limit


@pytest.mark.django_db(transaction=True)
def test_made_by_many_at_once_it_is_made_once() -> None:
    at_once([partial(sample_home.add, **BY)] * 4)

    assert [row.slug for row in Home.objects.all()] == [sample_home.SLUG]
    assert Appliance.objects.count() == len(sample_home.APPLIANCES)
    assert verifying.differences() == []


def test_it_stands_beside_other_homes() -> None:
    other = a_home("Flat")

    sample_home.add(**BY)

    assert Home.objects.count() == 2
    assert Decision.objects.filter(home=other).count() == 2
