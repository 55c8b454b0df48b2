"""Some off and one on, in one decision: all of it or nothing."""

import pytest

from appliances.models import Appliance, Home
from appliances.models.decision import Action, Outcome
from appliances.services import switching
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing, Refused
from tests.builders import a_circuit, a_home, an_appliance, main_of
from tests.services.asking import BY
from tests.services.rows import load_of, newest, revision_of, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Home:
    """Full to the last watt."""
    home = a_home(limit_watts=5000)
    an_appliance(home, "Oven", watts=2400, on=True)
    an_appliance(home, "Heater", watts=1600, on=True)
    an_appliance(home, "Dryer", watts=1000, on=True)
    return home


def called(home: Home, name: str) -> Appliance:
    return Appliance.objects.get(home=home, name=name)


def running(home: Home) -> set[str]:
    return set(Appliance.objects.filter(home=home).switched_on().values_list("name", flat=True))


def test_one_goes_off_and_another_comes_on(home: Home) -> None:
    kettle = an_appliance(home, "Kettle", watts=2200)

    switching.swap(on_id=kettle.pk, off_ids=[called(home, "Oven").pk], **BY)

    assert running(home) == {"Kettle", "Heater", "Dryer"}
    assert load_of(home) == 4800


def test_it_is_one_decision_that_names_what_went_off(home: Home) -> None:
    kettle, oven = an_appliance(home, "Kettle", watts=2200), called(home, "Oven")
    before = revision_of(home)

    changed = switching.swap(on_id=kettle.pk, off_ids=[oven.pk], **BY)

    recorded = newest(home)
    assert recorded.revision == before + 1 == changed.revision
    assert (recorded.action, recorded.outcome, recorded.subject_id) == (Action.SWAP, Outcome.GRANTED, kettle.pk)
    assert recorded.facts == {"off": [{"id": oven.pk, "name": "Oven", "watts": "2400"}]}
    assert (recorded.requested, recorded.load_before, recorded.load_after) == (2200, 5000, 4800)
    assert set(changed.appliances) == {kettle.pk, oven.pk}


def test_it_leaves_everything_running_where_it_makes_too_little_room(home: Home) -> None:
    kettle = an_appliance(home, "Kettle", watts=2200)
    before = rows_of(home)

    with pytest.raises(Refused) as refusal:
        switching.swap(on_id=kettle.pk, off_ids=[called(home, "Heater").pk], **BY)

    assert rows_of(home) == before
    assert refusal.value.decision.exceeded_by == 600


def test_its_refusal_says_what_more_would_make_room(home: Home) -> None:
    kettle = an_appliance(home, "Kettle", watts=2200)

    with pytest.raises(Refused) as refusal:
        switching.swap(on_id=kettle.pk, off_ids=[called(home, "Heater").pk], **BY)

    facts = refusal.value.decision.facts
    assert [one["name"] for one in facts["off"]] == ["Heater"]
    assert [[one["name"] for one in way] for way in facts["make_room"]] == [["Dryer"], ["Oven"]]


def test_it_may_make_room_at_every_level(home: Home) -> None:
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    hob = an_appliance(home, "Hob", watts=2400, at=kitchen)
    switching.swap(on_id=hob.pk, off_ids=[called(home, "Oven").pk], **BY)
    kettle = an_appliance(home, "Kettle", watts=3000, at=kitchen)

    changed = switching.swap(on_id=kettle.pk, off_ids=[hob.pk, called(home, "Dryer").pk], **BY)

    assert running(home) == {"Kettle", "Heater"}
    assert set(changed.circuits) == {kitchen.pk, main_of(home).pk}


def test_what_is_off_already_is_not_said_to_have_gone_off(home: Home) -> None:
    kettle, idle, oven = an_appliance(home, "Kettle", watts=2200), an_appliance(home, "Idle"), called(home, "Oven")

    switching.swap(on_id=kettle.pk, off_ids=[idle.pk, oven.pk, oven.pk], **BY)

    assert [one["id"] for one in newest(home).facts["off"]] == [oven.pk]


def test_with_nothing_to_switch_off_it_is_a_switch_on(home: Home) -> None:
    lamp = an_appliance(home, "Lamp", watts=1)

    with pytest.raises(Refused):
        switching.swap(on_id=lamp.pk, off_ids=[], **BY)

    assert newest(home).exceeded_by == 1


def test_where_the_one_is_on_already_the_others_still_go_off(home: Home) -> None:
    oven, heater = called(home, "Oven"), called(home, "Heater")

    switching.swap(on_id=oven.pk, off_ids=[heater.pk], **BY)

    assert running(home) == {"Oven", "Dryer"}
    assert newest(home).requested == 0


def test_where_all_is_as_asked_nothing_is_recorded(home: Home) -> None:
    before = revision_of(home)

    changed = switching.swap(on_id=called(home, "Oven").pk, off_ids=[an_appliance(home).pk], **BY)

    assert changed.decision is None
    assert revision_of(home) == before + 1, "of the builder"


def test_an_appliance_cannot_make_room_for_itself(home: Home) -> None:
    oven = called(home, "Oven")

    with pytest.raises(Invalid) as wrong:
        switching.swap(on_id=oven.pk, off_ids=[oven.pk], **BY)

    assert list(wrong.value.errors) == ["off"]


@pytest.mark.parametrize("place", ["nowhere", "next door"])
def test_one_that_is_not_in_this_home_spoils_the_whole_swap(home: Home, place: str) -> None:
    lamp = an_appliance(home, "Lamp", watts=1)
    stray = 10**9 if place == "nowhere" else an_appliance(a_home(), on=True).pk
    before = rows_of(home)

    with pytest.raises(Missing):
        switching.swap(on_id=lamp.pk, off_ids=[called(home, "Oven").pk, stray], **BY)

    assert rows_of(home) == before
    assert not Appliance.objects.filter(pk=stray, is_on=False).exists()
