"""The installer code: asked for before a limit is raised or circuits are changed, guessed at slowly, on record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from appliances.models import Circuit, Decision, Home, User
from appliances.models.decision import Action, Outcome
from appliances.presentation import wording
from appliances.services import access, actor, circuit, installer, switching
from appliances.services import home as homes
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.confirming import ConfirmFirst
from appliances.services.installer import InstallerCodeNeeded
from appliances.services.outcome import Refused
from appliances.services.throttle import Throttled
from tests.builders import NOW, a_circuit, a_home, a_person, an_appliance, an_installer_code, main_of

pytestmark = pytest.mark.django_db

CODE = "red screwdriver"


@pytest.fixture
def ada() -> User:
    return a_person("ada")


@pytest.fixture
def home(ada: User) -> Home:
    made = a_home("Flat", owner=ada, limit_watts=5000)
    a_circuit(made, "Kitchen", limit_watts=3000)
    an_installer_code(made, CODE)
    return made


def by(user: User, code: str = "", *, confirmed: bool = True) -> By:
    return replace(access.person(user, confirmed=confirmed).by, installer_code=code)


def told() -> list[str]:
    known = {Action.CHANGE_CODE, Action.GIVE_CODE}
    return [wording.decision(row) for row in Decision.objects.filter(action__in=known).order_by("id")]


def asks(home: Home) -> dict[str, Callable[[By], Any]]:
    """Everything that the code guards."""
    kitchen, main = Circuit.objects.get(name="Kitchen"), main_of(home)
    pantry = a_circuit(home, "Pantry")

    def change(wanted: dict[str, Any]) -> Callable[[By], Any]:
        return lambda asker: circuit.change(circuit_id=kitchen.pk, wanted=wanted, by=asker, now=NOW)

    new = {"name": "Garage", "limit": Decimal(100), "parent_id": main.pk}
    return {
        "raise": change({"limit": Decimal(3001)}),
        "feed": change({"parent_id": pantry.pk}),
        "add": lambda asker: circuit.add(home_id=home.pk, wanted=new, by=asker, now=NOW),
        "remove": lambda asker: circuit.remove(circuit_id=kitchen.pk, by=asker, now=NOW),
        "raise the main": lambda asker: homes.change(home_id=home.pk, wanted={"limit": 6000}, by=asker, now=NOW),
        "another code": lambda asker: installer.change(home_id=home.pk, code="a new code", by=asker, now=NOW),
        "no code": lambda asker: installer.change(home_id=home.pk, code="", by=asker, now=NOW),
    }


@pytest.mark.parametrize("what", ["raise", "feed", "add", "remove", "raise the main", "another code", "no code"])
def test_it_is_asked_for_and_lets_through(home: Home, ada: User, what: str) -> None:
    ask = asks(home)[what]
    before = Decision.objects.count()

    with pytest.raises(InstallerCodeNeeded):
        ask(by(ada))
    assert Decision.objects.count() == before

    ask(by(ada, CODE))
    assert Decision.objects.count() == before + 1


def test_what_makes_it_safer_or_only_names_it_does_not_ask(home: Home, ada: User) -> None:
    kitchen, lamp = Circuit.objects.get(name="Kitchen"), an_appliance(home, watts=5)

    circuit.change(circuit_id=kitchen.pk, wanted={"limit": Decimal(2000), "name": "Cook"}, by=by(ada), now=NOW)
    homes.change(home_id=home.pk, wanted={"name": "Nest", "limit": Decimal(4000)}, by=by(ada), now=NOW)
    switching.switch(appliance_id=lamp.pk, on=True, by=by(ada), now=NOW)

    kitchen.refresh_from_db()
    assert (kitchen.limit, kitchen.name) == (2000, "Cook")


def test_a_home_without_one_asks_for_none(ada: User) -> None:
    barn = a_home("Barn", owner=ada)

    homes.change(home_id=barn.pk, wanted={"limit": Decimal(9000)}, by=by(ada), now=NOW)

    assert main_of(barn).limit == 9000


def test_a_wrong_one_is_refused_and_on_record(home: Home, ada: User) -> None:
    with pytest.raises(Refused) as why:
        homes.change(home_id=home.pk, wanted={"limit": Decimal(6000)}, by=by(ada, "a guess"), now=NOW)

    assert installer.is_wrong_code(why.value)
    assert why.value.decision.outcome == Outcome.REFUSED
    assert told()[-1] == "A wrong installer code was given."
    assert "a guess" not in str([vars(row) for row in Decision.objects.all()])
    assert main_of(home).limit == 5000


def test_guessing_gets_slow_and_the_right_one_counts_again_later(home: Home, ada: User) -> None:
    def give(code: str, now: Any) -> Any:
        return homes.change(home_id=home.pk, wanted={"limit": Decimal(6000)}, by=by(ada, code), now=now)

    for minute in range(6):
        with pytest.raises(Refused):
            give("a guess", NOW + timedelta(minutes=minute))
    soon = NOW + timedelta(minutes=5)
    with pytest.raises(Throttled):
        give(CODE, soon)

    give(CODE, soon + timedelta(minutes=1))
    assert main_of(home).limit == 6000


def test_one_persons_guesses_keep_nobody_else_waiting(home: Home, ada: User) -> None:
    bob = a_person("bob", home=home)
    for _ in range(5):
        with pytest.raises(Refused):
            homes.change(home_id=home.pk, wanted={"limit": Decimal(6000)}, by=by(bob, "a guess"), now=NOW)

    homes.change(home_id=home.pk, wanted={"limit": Decimal(6000)}, by=by(ada, CODE), now=NOW)

    assert main_of(home).limit == 6000


def test_it_is_set_changed_and_dropped_on_record(ada: User) -> None:
    barn = a_home("Barn", owner=ada)

    installer.change(home_id=barn.pk, code="first code", by=by(ada), now=NOW)
    installer.change(home_id=barn.pk, code="second code", by=by(ada, "first code"), now=NOW)
    installer.change(home_id=barn.pk, code="", by=by(ada, "second code"), now=NOW)

    assert told() == [
        "The home asks for an installer code from now on.",
        "The installer code was changed.",
        "The home asks for no installer code any more.",
    ]
    barn.refresh_from_db()
    assert barn.installer_code == ""


@pytest.mark.parametrize("code", ["short", "x" * 129])
def test_it_has_a_length_that_can_be_kept(home: Home, ada: User, code: str) -> None:
    with pytest.raises(Invalid):
        installer.change(home_id=home.pk, code=code, by=by(ada, CODE), now=NOW)


def test_who_sets_it_shows_first_that_it_is_they(home: Home, ada: User) -> None:
    with pytest.raises(ConfirmFirst):
        installer.change(home_id=home.pk, code="another one", by=by(ada, CODE, confirmed=False), now=NOW)


def test_voltsafe_itself_is_not_asked(home: Home) -> None:
    installer.change(home_id=home.pk, code="", by=actor.SYSTEM, now=NOW)

    home.refresh_from_db()
    assert home.installer_code == ""
