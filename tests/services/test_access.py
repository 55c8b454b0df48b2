"""Who may do what in a home; what is not granted is refused."""

import pytest

from appliances.models import Home
from appliances.models.membership import Role
from appliances.services import access, membership
from appliances.services.access import Forbidden, May
from appliances.services.outcome import Missing
from tests.builders import a_circuit, a_home, a_person, an_appliance
from tests.services.asking import BY

pytestmark = pytest.mark.django_db

ALLOWED = {
    Role.OWNER: set(May),
    Role.MEMBER: {May.LOOK, May.SWITCH, May.EDIT},
    Role.GUEST: {May.LOOK, May.SWITCH},
    Role.VIEWER: {May.LOOK},
}


@pytest.fixture
def home() -> Home:
    return a_home("Flat")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("capability", May)
def test_a_role_may_what_the_table_says(home: Home, role: Role, capability: May) -> None:
    person = a_person(home=home, role=role)

    if capability in ALLOWED[role]:
        assert access.require(asker=access.person(person), home_id=home.pk, capability=capability) == role
        assert access.home_at(asker=access.person(person), slug="flat", capability=capability) == (home, role)
    else:
        with pytest.raises(Forbidden):
            access.require(asker=access.person(person), home_id=home.pk, capability=capability)
        with pytest.raises(Forbidden):
            access.home_at(asker=access.person(person), slug="flat", capability=capability)


@pytest.mark.parametrize("role", [None, "", "admin", "OWNER"])
def test_a_role_that_is_none_may_nothing(role: str | None) -> None:
    assert not any(access.may(role, capability) for capability in May)


def test_a_stranger_is_told_what_is_told_of_a_home_that_is_not_there(home: Home) -> None:
    stranger = a_person(home=a_home("Elsewhere"))

    with pytest.raises(Missing) as there:
        access.home_at(asker=access.person(stranger), slug=home.slug, capability=May.LOOK)
    with pytest.raises(Missing) as not_there:
        access.home_at(asker=access.person(stranger), slug="nowhere", capability=May.LOOK)

    assert str(there.value) == str(not_there.value)


def test_an_administrator_is_a_stranger_until_somebody_lets_them_in(home: Home) -> None:
    admin = a_person(is_superuser=True, is_staff=True)

    with pytest.raises(Missing):
        access.require(asker=access.person(admin), home_id=home.pk, capability=May.LOOK)


def test_a_role_counts_in_its_own_home_only(home: Home) -> None:
    person = a_person(home=home, role=Role.VIEWER)
    membership.let_in(user=person, slug=a_home("Elsewhere").slug, **BY)

    with pytest.raises(Forbidden):
        access.require(asker=access.person(person), home_id=home.pk, capability=May.SWITCH)


def test_an_appliance_and_a_circuit_are_reached_through_their_home(home: Home) -> None:
    guest, stranger = a_person(home=home, role=Role.GUEST), a_person(home=a_home("Elsewhere"))
    kitchen = a_circuit(home)
    kettle = an_appliance(home, at=kitchen)

    asker, found = access.person(guest), (home, Role.GUEST)
    assert access.at_appliance(asker=asker, appliance_id=kettle.pk, capability=May.SWITCH) == found
    assert access.at_circuit(asker=asker, circuit_id=kitchen.pk, capability=May.LOOK) == found
    with pytest.raises(Forbidden):
        access.at_circuit(asker=asker, circuit_id=kitchen.pk, capability=May.CONFIGURE)
    with pytest.raises(Missing):
        access.at_appliance(asker=access.person(stranger), appliance_id=kettle.pk, capability=May.LOOK)


def test_letting_somebody_in_twice_changes_nothing_the_second_time(home: Home) -> None:
    person = a_person()

    assert membership.let_in(user=person, slug="flat", role=Role.GUEST, **BY)
    assert not membership.let_in(user=person, slug="flat", role=Role.OWNER, **BY)

    assert access.role_in(asker=access.person(person), home_id=home.pk) == Role.GUEST
