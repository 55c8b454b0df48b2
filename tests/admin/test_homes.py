"""Homes in the administration: made, changed and removed through the service, with the limit of the supply."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.test import Client
from django.utils import timezone

from appliances.admin.homes import HomeAdmin
from appliances.models import Appliance, Circuit, Decision, Home, Membership, User
from appliances.models.membership import Role
from appliances.services import home as homes
from appliances.services import turn
from appliances.services.actor import SYSTEM
from appliances.services.outcome import Busy
from tests.admin.pages import add, delete, edit, errors, opened, url
from tests.builders import a_circuit, a_home, a_person, an_appliance, main_of, turn_on

pytestmark = pytest.mark.django_db


def test_a_new_home_has_its_main_circuit_and_its_owner(admin: Client, keeper: User) -> None:
    owner = a_person("ada")

    answer = add(admin, Home, name="Flat", limit="3680", owner=owner.pk)

    assert answer.status_code == 302
    home = Home.objects.get(name="Flat")
    assert (home.slug, main_of(home).limit) == ("flat", 3680)
    assert Membership.objects.get(home=home).role == Role.OWNER
    assert Membership.objects.get(home=home).user == owner
    made, main = Decision.objects.filter(home=home).order_by("id")
    assert (made.action, main.action) == ("add_home", "add_circuit")
    assert (made.actor, made.actor_id, made.actor_name) == ("person", keeper.pk, "keeper")
    assert LogEntry.objects.get(action_flag=ADDITION).object_id == str(home.pk)


def test_a_home_that_is_gone_before_its_form_is_made_is_not_found(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, find = url("change", a_home("Flat")), HomeAdmin.get_object

    def found_and_removed(*args: Any) -> Home | None:
        row = find(*args)
        assert row is not None
        homes.remove(home_id=row.pk, by=SYSTEM, now=timezone.now())
        return row

    monkeypatch.setattr(HomeAdmin, "get_object", found_and_removed)

    assert admin.get(address).status_code == 404


def test_a_home_may_be_made_without_an_owner(admin: Client) -> None:
    add(admin, Home, name="Flat", owner="")

    assert not Membership.objects.exists()
    assert main_of(Home.objects.get()).limit == homes.DEFAULT_LIMIT


def test_changes_the_limit_with_the_home_in_one_decision(admin: Client) -> None:
    home = a_home("Flat", limit_watts=5000)

    edit(admin, home, name="Loft", limit="4600.5")

    home.refresh_from_db()
    assert (home.name, home.slug, main_of(home).limit) == ("Loft", "flat", Decimal("4600.5"))
    newest = Decision.objects.latest("id")
    assert newest.facts["changes"] == {"name": ["Flat", "Loft"], "limit": ["5000", "4600.5"]}
    logged = LogEntry.objects.get(action_flag=CHANGE)
    assert logged.get_change_message() == "Changed Name and Limit of the supply (W)."


def test_a_limit_below_the_load_is_refused_with_its_numbers(admin: Client) -> None:
    home = a_home("Flat", limit_watts=5000)
    an_appliance(home, "Oven", watts=2400, on=True)

    answer = edit(admin, home, name="Loft", limit="2399.999")

    assert answer.status_code == 200
    assert errors(answer) == {
        "__all__": [
            "Flat was not changed. Main would carry 2\N{NARROW NO-BREAK SPACE}400\N{NARROW NO-BREAK SPACE}W of "
            "2\N{NARROW NO-BREAK SPACE}399.999\N{NARROW NO-BREAK SPACE}W: 0.001\N{NARROW NO-BREAK SPACE}W too much."
        ]
    }
    home.refresh_from_db()
    assert (home.name, main_of(home).limit) == ("Flat", 5000)
    assert Decision.objects.latest("id").outcome == "refused"
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("limit", "0.0001", "at most three decimals"),
        ("limit", "-1", "never negative"),
        ("limit", "", "required"),
        ("warning_percent", "96", "Warning must be below critical"),
        ("timezone", "Mars/Base", "no such time zone"),
        ("nominal_voltage", "12", "greater than or equal to 50"),
        ("name", " ", "required"),
    ],
)
def test_says_at_the_field_what_is_wrong(admin: Client, field: str, value: str, message: str) -> None:
    home = a_home("Flat")
    before = Home.objects.values().get()

    found = errors(edit(admin, home, **{field: value}))

    assert list(found) == [field]
    assert message in " ".join(found[field])
    assert Home.objects.values().get() == before


def test_what_the_service_owns_cannot_be_posted(admin: Client) -> None:
    home = a_home("Flat")
    posted = {"slug": "mine", "revision": "99", "load": "1", "created_at": "2020-01-01", "owner": "1"}

    edit(admin, home, name="Loft", **posted)

    home.refresh_from_db()
    assert (home.name, home.slug, home.revision) == ("Loft", "flat", 3)
    assert main_of(home).load == 0
    assert not Membership.objects.exists()


def test_saving_a_form_that_was_open_changes_only_what_was_changed_on_it(admin: Client) -> None:
    home = a_home("Flat", limit_watts=5000)
    kettle = an_appliance(home, watts=2000)
    stale = opened(admin, url("change", home))

    edit(admin, home, limit="4000", critical_percent="90")
    turn_on(kettle)
    admin.post(url("change", home), {**stale, "name": "Loft"})

    home.refresh_from_db()
    assert (home.name, home.critical_percent) == ("Loft", 90)
    assert (main_of(home).limit, main_of(home).load) == (4000, 2000)


def test_saving_without_a_change_decides_nothing(admin: Client) -> None:
    home = a_home("Flat")

    assert edit(admin, home).status_code == 302

    assert Home.objects.get().revision == home.revision == Decision.objects.count()


def test_a_busy_home_is_said_and_nothing_is_changed(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    home = a_home("Flat")

    def busy(**_wanted: object) -> None:
        raise Busy("The home is busy. Nothing was changed; try again.")

    monkeypatch.setattr(turn, "take", busy)
    answer = edit(admin, home, name="Loft")

    assert errors(answer) == {"__all__": ["The home is busy. Nothing was changed; try again."]}
    assert Home.objects.get().name == "Flat"


def test_removing_a_home_lists_and_removes_all_of_it_but_its_record(admin: Client) -> None:
    home = a_home("Flat", owner=a_person("ada"))
    an_appliance(home, "Kettle", at=a_circuit(home, "Kitchen"), on=True)

    asked = admin.get(url("delete", home)).content.decode()
    answer = delete(admin, home)

    for line in ("Home: Flat", "Circuit: Kitchen", "Appliance: Kettle", "Membership: ada · Flat · Owner"):
        assert line in asked
    assert answer.status_code == 302
    assert not any(model.objects.exists() for model in (Home, Circuit, Appliance, Membership))  # type: ignore[attr-defined]
    assert Decision.objects.latest("id").action == "remove_home"
    assert LogEntry.objects.get(action_flag=DELETION).object_repr == "Flat"
