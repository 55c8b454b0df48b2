"""The first start: whole, once, and only for whoever holds the code."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from appliances.models import Appliance, Circuit, Decision, Home, Membership, User
from appliances.models.decision import Actor
from appliances.models.membership import Role
from appliances.services import sample_home, setup, verifying
from appliances.services.cleaning import Invalid
from appliances.services.setup import AlreadySetUp
from tests.builders import NOW, a_person
from tests.races.crowd import at_once
from tests.races.hiring import hired

pytestmark = pytest.mark.django_db

WANTED: dict[str, Any] = {
    "username": "ada",
    "password": "a kettle and an oven",
    "wanted_home": {"name": "Flat", "limit": Decimal(5000)},
    "sample": False,
}


def set_up(**wanted: Any) -> User:
    user, _changed = setup.set_up(**{**WANTED, **wanted}, now=NOW)
    return user


def assert_nothing_was_made() -> None:
    kinds = (User, Home, Membership, Circuit, Appliance, Decision)
    assert [kind.__name__ for kind in kinds if kind.objects.exists()] == []


def test_it_makes_the_owner_and_the_home() -> None:
    assert not setup.is_set_up()

    ada = set_up()

    home = Home.objects.get()
    assert setup.is_set_up()
    assert (ada.is_staff, ada.is_superuser, ada.check_password("a kettle and an oven")) == (True, True, True)
    assert list(Membership.objects.values_list("user", "home", "role")) == [(ada.pk, home.pk, Role.OWNER)]
    assert (home.name, Circuit.objects.get().limit) == ("Flat", 5000)


def test_the_owner_is_on_record_as_who_made_it() -> None:
    set_up()

    assert set(Decision.objects.values_list("actor", "actor_name")) == {(Actor.PERSON, "ada")}


def test_with_the_sample_the_home_is_furnished() -> None:
    set_up(sample=True)

    assert Home.objects.get().name == "Flat"
    assert Appliance.objects.count() == len(sample_home.APPLIANCES)
    assert verifying.differences() == []


def test_in_a_small_home_the_sample_leaves_off_what_does_not_fit() -> None:
    set_up(sample=True, wanted_home={"name": "Hut", "limit": 1000})

    on = {name: watts for name, _kind, _at, watts, _priority, on in sample_home.APPLIANCES if on}
    assert on["Space heater"] > 1000
    assert set(Appliance.objects.switched_on().values_list("name", flat=True)) == on.keys() - {"Space heater"}
    assert verifying.differences() == []


def test_it_works_once() -> None:
    set_up()

    with pytest.raises(AlreadySetUp):
        set_up(username="eve", wanted_home={"name": "Castle"})
    with pytest.raises(AlreadySetUp):
        set_up()

    assert (User.objects.get().username, Home.objects.get().name) == ("ada", "Flat")


def test_any_account_is_enough_to_end_it() -> None:
    a_person("eve")

    assert setup.is_set_up()
    with pytest.raises(AlreadySetUp):
        set_up()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("usernames", [["ada"] * 6, ["ada", "bob", "cy", "dot", "eve", "flo"]])
def test_of_many_at_once_exactly_one_wins(usernames: list[str]) -> None:
    def ask(username: str) -> str:
        try:
            return set_up(username=username, sample=True).username
        except AlreadySetUp:
            return "too late"

    answers = at_once([partial(ask, username) for username in usernames])

    assert answers.count("too late") == 5
    assert User.objects.get().username in answers
    assert Home.objects.count() == 1
    assert verifying.differences() == []


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_of_many_processes_exactly_one_wins() -> None:
    wanted = {**WANTED, "wanted_home": {"name": "Flat"}, "sample": True}

    with hired(3) as workers:
        for number, worker in enumerate(workers):
            worker.tell([{"do": "set up", **wanted, "username": f"person{number}"}])
        answers = [worker.hear()[0]["outcome"] for worker in workers]

    assert sorted(answers) == ["already set up", "already set up", "set up"]
    assert (User.objects.count(), Home.objects.count()) == (1, 1)
    assert verifying.differences() == []


def test_a_failure_in_the_sample_leaves_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    furnished: list[Any] = [*sample_home.APPLIANCES[:3], ("Nameless",)]
    monkeypatch.setattr(sample_home, "APPLIANCES", furnished)

    with pytest.raises(ValueError, match="unpack"):
        set_up(sample=True)

    assert_nothing_was_made()
    assert not setup.is_set_up()


@pytest.mark.parametrize("password", ["", "short", "password12345", "123456789012345", "ada-ada-ada-1"])
def test_a_weak_password_is_refused_and_nothing_is_made(password: str) -> None:
    with pytest.raises(Invalid) as wrong:
        set_up(username="ada-ada-ada", password=password)

    assert list(wrong.value.errors) == ["password"]
    assert_nothing_was_made()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"wanted_home": {"name": ""}}, "name"),
        ({"wanted_home": {"name": "Flat", "limit": "0.0001"}}, "limit"),
        ({"wanted_home": {"name": "Flat", "timezone": "Mars"}}, "timezone"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_made(wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        set_up(**wanted)

    assert list(wrong.value.errors) == [field]
    assert_nothing_was_made()


def test_a_name_is_kept_as_it_was_typed_without_spaces_around() -> None:
    assert set_up(username=" Ada ").username == "Ada"


def test_the_code_is_two_groups_that_nobody_mistakes() -> None:
    code = setup.setup_code()

    assert [len(group) for group in code.split("-")] == [5, 5]
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567-")


def test_the_code_may_be_typed_as_people_type() -> None:
    code = setup.setup_code()

    for typed in (code, code.lower(), code.replace("-", ""), f" {code[:5]} {code[6:]} "):
        assert setup.is_setup_code(typed)


@pytest.mark.parametrize("wrong", ["", "-", "AAAAA-AAAAA", "ßßßßß", "１２３４５"])
def test_another_code_is_wrong(wrong: str) -> None:
    assert not setup.is_setup_code(wrong)
    assert not setup.is_setup_code(setup.setup_code()[:-1])
    assert not setup.is_setup_code(setup.setup_code() + "A")


def test_the_code_follows_the_secret_key() -> None:
    code = setup.setup_code()

    assert setup.setup_code() == code
    with override_settings(SECRET_KEY=settings.SECRET_KEY + "!"):
        assert setup.setup_code() != code
        assert not setup.is_setup_code(code)
