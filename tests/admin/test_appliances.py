"""Appliances in the administration."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from appliances.models import Appliance, Decision, User
from tests.admin.pages import act, add, delete, edit, errors, opened, said, url
from tests.builders import a_circuit, a_home, an_appliance, main_of, turn_on
from tests.services.meanwhile import before_the_answer

pytestmark = pytest.mark.django_db


def test_adds_an_appliance_switched_off_and_records_it(admin: Client, keeper: User) -> None:
    home = a_home("Flat")

    answer = add(admin, Appliance, name=" Kettle ", kind="kettle", circuit=main_of(home).pk, rated="2200.5", is_on="on")

    assert answer.status_code == 302
    kettle = Appliance.objects.get()
    assert (kettle.home, kettle.name, str(kettle.rated), kettle.is_on) == (home, "Kettle", "2200.5", False)
    newest = Decision.objects.latest("id")
    assert (newest.action, newest.subject_id, newest.actor_name) == ("add_appliance", kettle.pk, keeper.username)
    assert LogEntry.objects.get().object_id == str(kettle.pk)


def test_what_is_gone_before_it_is_shown_was_added(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    home = a_home("Flat")

    before_the_answer(monkeypatch, lambda made: Appliance.objects.filter(pk=made.subject_id).delete())
    answer = add(admin, Appliance, name="Kettle", circuit=main_of(home).pk, rated="2200")

    assert errors(answer) == {"__all__": ["It was saved, and somebody has removed it since."]}


def test_a_new_appliance_is_plugged_in_at_its_own_home(admin: Client) -> None:
    flat, barn = a_home("Flat"), a_home("Barn")

    answer = add(admin, Appliance, home=flat.pk, name="Kettle", circuit=main_of(barn).pk, rated="2200")

    assert errors(answer) == {"circuit": ["There is no such circuit in this home."]}
    assert not Appliance.objects.exists()


def test_a_change_that_fits_is_made_while_it_is_on(admin: Client) -> None:
    home = a_home("Flat", limit_watts=3000)
    kettle = an_appliance(home, "Kettle", watts=2000, on=True)

    assert edit(admin, kettle, rated="3000", note="new base").status_code == 302

    kettle.refresh_from_db()
    assert (kettle.rated, kettle.note, kettle.is_on) == (3000, "new base", True)
    assert main_of(home).load == 3000


def test_more_watts_than_fit_are_refused_with_the_numbers(admin: Client) -> None:
    home = a_home("Flat", limit_watts=3000)
    kettle = an_appliance(home, "Kettle", watts=2000, on=True)

    answer = edit(admin, kettle, rated="3000.001", note="new base")

    (text,) = errors(answer)["__all__"]
    assert text.replace("\N{NARROW NO-BREAK SPACE}", " ") == (
        "Kettle was not changed. Main would carry 3 000.001 W of 3 000 W: 0.001 W too much."
    )
    assert text.encode() in answer.content
    kettle.refresh_from_db()
    assert (kettle.rated, kettle.note) == (2000, "")
    assert main_of(home).load == 2000
    assert not LogEntry.objects.exists()


def test_a_move_to_a_circuit_that_cannot_carry_it_is_refused(admin: Client) -> None:
    home = a_home("Flat")
    shed = a_circuit(home, "Shed", limit_watts=1000)
    kettle = an_appliance(home, "Kettle", watts=2000, on=True)

    assert "Shed would carry" in errors(edit(admin, kettle, circuit=shed.pk))["__all__"][0]

    kettle.refresh_from_db()
    assert kettle.circuit == main_of(home)


def test_moves_between_circuits_of_its_home_only(admin: Client) -> None:
    home, barn = a_home("Flat"), a_home("Barn")
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    kettle = an_appliance(home, "Kettle", watts=2000, on=True)

    assert "circuit" in errors(edit(admin, kettle, circuit=main_of(barn).pk))
    assert edit(admin, kettle, circuit=kitchen.pk).status_code == 302

    kitchen.refresh_from_db()
    assert (kitchen.load, main_of(home).load) == (2000, 2000)


def test_what_the_service_owns_cannot_be_posted(admin: Client) -> None:
    home, barn = a_home("Flat"), a_home("Barn")
    kettle = an_appliance(home, "Kettle")

    edit(admin, kettle, is_on="on", state="On", home=barn.pk, created_at="2020-01-01", note="moved")

    kettle.refresh_from_db()
    assert (kettle.is_on, kettle.home, kettle.note) == (False, home, "moved")


def test_saving_a_form_that_was_open_leaves_the_state_and_the_load_true(admin: Client) -> None:
    home = a_home("Flat", limit_watts=3000)
    kettle = an_appliance(home, "Kettle", watts=2000)
    stale = opened(admin, url("change", kettle))

    turn_on(kettle)
    edit(admin, kettle, rated="2500")
    answer = admin.post(url("change", kettle), {**stale, "note": "base is loose"})

    assert answer.status_code == 302
    kettle.refresh_from_db()
    assert (kettle.is_on, kettle.rated, kettle.note) == (True, 2500, "base is loose")
    assert main_of(home).load == 2500


@pytest.mark.parametrize("rated", ["0", "-5", "0.0001", "NaN", "1e20", "lots"])
def test_says_at_the_field_what_is_wrong_with_the_watts(admin: Client, rated: str) -> None:
    kettle = an_appliance(a_home("Flat"), "Kettle", watts=2000)

    assert list(errors(edit(admin, kettle, rated=rated))) == ["rated"]

    kettle.refresh_from_db()
    assert kettle.rated == 2000


def test_deleting_frees_its_watts_and_is_recorded(admin: Client) -> None:
    home = a_home("Flat")
    kettle = an_appliance(home, "Kettle", watts=2000, on=True)

    answer = delete(admin, kettle)

    assert answer.status_code == 302
    assert main_of(home).load == 0
    newest = Decision.objects.latest("id")
    assert (newest.action, newest.load_before, newest.load_after) == ("remove_appliance", 2000, 0)
    assert LogEntry.objects.get().object_repr == "Kettle"


def test_what_is_gone_meanwhile_is_said(admin: Client) -> None:
    kettle = an_appliance(a_home("Flat"), "Kettle")
    lamp = an_appliance(kettle.home, "Lamp")
    delete(admin, kettle)

    answer = act(admin, "delete_selected", kettle, lamp, post="yes")

    assert said(answer)[-1] == "Lamp deleted."
    assert not Appliance.objects.exists()
    assert admin.get(url("change", kettle)).status_code == 302


def test_staff_who_may_only_look_see_everything_and_change_nothing(client: Client) -> None:
    from django.contrib.auth.models import Permission

    from tests.builders import a_person

    kettle = an_appliance(a_home("Flat"), "Kettle", watts=2200)
    looker = a_person(is_staff=True)
    looker.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looker)

    for row in (kettle, kettle.home, kettle.circuit):
        assert client.get(url("change", row)).status_code == 200
        assert client.post(url("change", row), {"name": "Mine"}).status_code == 403
    act(client, "switch_on", kettle)
    kettle.refresh_from_db()
    assert (kettle.name, kettle.is_on) == ("Kettle", False)
