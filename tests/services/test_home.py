"""Making, changing and removing homes."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from appliances.models import Appliance, Circuit, Decision, Home, Membership
from appliances.models.decision import Action, Subject
from appliances.models.membership import Role
from appliances.services import home as homes
from appliances.services import verifying
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing, Refused
from tests.builders import a_circuit, a_home, a_person, an_appliance, main_of
from tests.races.crowd import at_once
from tests.services.asking import BY
from tests.services.rows import load_of, newest, revision_of, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Home:
    return a_home("Flat", limit_watts=5000)


def test_a_new_home_has_its_main_circuit_and_its_owner() -> None:
    ada = a_person("Ada")

    changed = homes.add(wanted={"name": "Flat", "limit": "3680.5"}, owner=ada, **BY)

    home = Home.objects.get(pk=changed.home_id)
    assert (home.name, home.slug) == ("Flat", "flat")
    assert str(main_of(home).limit) == "3680.5"
    assert list(Membership.objects.filter(home=home).values_list("user", "role")) == [(ada.pk, Role.OWNER)]


def test_its_first_decisions_are_itself_and_its_main_circuit(home: Home) -> None:
    first, second = Decision.objects.filter(home=home).order_by("revision")

    assert (first.action, first.subject, first.subject_name) == (Action.ADD_HOME, Subject.HOME, "Flat")
    assert (second.action, second.subject, second.subject_name) == (Action.ADD_CIRCUIT, Subject.CIRCUIT, "Main")
    assert home.revision == 2


def test_without_a_limit_it_is_a_supply_of_5000_watts() -> None:
    changed = homes.add(wanted={"name": "Flat"}, owner=None, **BY)

    assert Circuit.objects.get(home=changed.home_id).limit == 5000


def test_homes_of_one_name_have_addresses_of_their_own() -> None:
    assert [a_home("Our flat").slug for _ in range(3)] == ["our-flat", "our-flat-2", "our-flat-3"]


@pytest.mark.parametrize(("name", "slug"), [("Büro", "buro"), ("家", "home"), ("!", "home"), ("x" * 80, "x" * 70)])
def test_every_name_makes_an_address(name: str, slug: str) -> None:
    assert a_home(name).slug == slug


@pytest.mark.django_db(transaction=True)
def test_homes_of_one_name_may_be_made_at_once() -> None:
    add = partial(homes.add, wanted={"name": "Flat"}, owner=None, **BY)

    at_once([add] * 6)

    assert set(Home.objects.values_list("slug", flat=True)) == {"flat", *(f"flat-{n}" for n in range(2, 7))}
    assert verifying.differences() == []


WRONG: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", None),
    ("name", "x" * 81),
    ("name", "nul\0"),
    ("timezone", "Mars/Olympus"),
    ("nominal_voltage", 0),
    ("nominal_voltage", 1001),
    ("warning_percent", 0),
    ("warning_percent", 95),
    ("limit", -1),
    ("limit", "2.0001"),
    ("limit", None),
    ("slug", "elsewhere"),
    ("revision", 0),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_is_named_and_no_home_is_made(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as wrong:
        homes.add(wanted={"name": "Flat", "limit": 5000, field: value}, owner=None, **BY)

    assert list(wrong.value.errors) == [field]
    assert not Home.objects.exists()


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_spoils_the_whole_change(home: Home, field: str, value: Any) -> None:
    before, revision = rows_of(home), revision_of(home)

    with pytest.raises(Invalid) as wrong:
        homes.change(home_id=home.pk, wanted={"name": "Loft", "limit": 4000, field: value}, **BY)

    assert list(wrong.value.errors) == [field]
    assert (rows_of(home), revision_of(home)) == (before, revision)


def test_thresholds_rise() -> None:
    home = a_home()

    homes.change(home_id=home.pk, wanted={"warning_percent": 50, "critical_percent": 51}, **BY)
    with pytest.raises(Invalid, match="below critical"):
        homes.change(home_id=home.pk, wanted={"critical_percent": 50}, **BY)

    assert Home.objects.get(pk=home.pk).critical_percent == 51


def test_name_thresholds_and_limit_change_in_one_decision(home: Home) -> None:
    wanted = {"name": "Loft", "warning_percent": 70, "timezone": "Europe/Berlin", "limit": Decimal(4000)}

    homes.change(home_id=home.pk, wanted=wanted, **BY)

    assert newest(home).revision == home.revision + 1
    assert newest(home).facts["changes"] == {
        "name": ["Flat", "Loft"],
        "warning_percent": [80, 70],
        "timezone": ["UTC", "Europe/Berlin"],
        "limit": ["5000", "4000"],
    }
    row = Home.objects.get(pk=home.pk)
    assert (row.name, row.slug, row.warning_percent, row.timezone) == ("Loft", "flat", 70, "Europe/Berlin")
    assert main_of(home).limit == 4000


def test_a_limit_below_the_load_is_refused_with_everything_asked_along_with_it(home: Home) -> None:
    an_appliance(home, watts=4000, on=True)
    before = rows_of(home)

    with pytest.raises(Refused) as refusal:
        homes.change(home_id=home.pk, wanted={"name": "Loft", "warning_percent": 70, "limit": 3999}, **BY)

    assert rows_of(home) == before
    decision = refusal.value.decision
    assert (decision.action, decision.exceeded_by, decision.subject_name) == (Action.CHANGE_HOME, 1, "Flat")


def test_a_change_without_a_limit_is_recorded_without_numbers(home: Home) -> None:
    homes.change(home_id=home.pk, wanted={"name": "Loft"}, **BY)

    recorded = newest(home)
    assert (recorded.load_before, recorded.load_after, recorded.limit, recorded.circuit_id) == (None, None, None, None)


def test_a_removed_home_takes_everything_along_but_its_record(home: Home) -> None:
    a_person(home=home)
    kitchen = a_circuit(home, fed_from=a_circuit(home))
    an_appliance(home, at=kitchen, on=True)
    recorded = Decision.objects.filter(home=home).count()

    homes.remove(home_id=home.pk, **BY)

    assert not any(kind.objects.exists() for kind in (Home, Circuit, Appliance, Membership))
    assert Decision.objects.filter(home_id=home.pk).count() == recorded + 1
    assert Decision.objects.filter(home_id=home.pk).latest("revision").action == Action.REMOVE_HOME


def test_a_removed_home_leaves_its_neighbours_alone(home: Home) -> None:
    next_door = a_home()
    an_appliance(next_door, watts=2000, on=True)

    homes.remove(home_id=home.pk, **BY)

    assert load_of(next_door) == 2000
    assert verifying.differences() == []


def test_its_watts_are_rounded_down_to_be_safe() -> None:
    assert homes.watts_of(Decimal(16), Decimal(230)) == 3680
    assert homes.watts_of(Decimal("0.3333"), Decimal("0.01")) == Decimal("0.003")


def test_what_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        homes.change(home_id=10**9, wanted={"name": "Ghost"}, **BY)
    with pytest.raises(Missing):
        homes.remove(home_id=10**9, **BY)
