"""Circuits in the administration."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from appliances.models import Circuit, Decision
from tests.admin.pages import act, add, delete, edit, errors, said, url
from tests.builders import a_circuit, a_home, an_appliance, main_of

pytestmark = pytest.mark.django_db


def test_adds_a_circuit_to_the_home_that_is_chosen(admin: Client) -> None:
    home = a_home("Flat")

    answer = add(admin, Circuit, name="Kitchen", parent=main_of(home).pk, limit="3680")

    assert answer.status_code == 302
    kitchen = Circuit.objects.get(name="Kitchen")
    assert (kitchen.home, kitchen.parent, kitchen.limit) == (home, main_of(home), 3680)
    assert Decision.objects.latest("id").action == "add_circuit"


def test_offers_the_circuits_of_every_home_by_name_while_the_home_is_open(admin: Client) -> None:
    for name in ("Flat", "Barn"):
        a_home(name)

    html = admin.get(url("add", Circuit)).content.decode()

    assert "Flat · Main" in html
    assert "Barn · Main" in html


def test_a_new_circuit_is_fed_from_its_own_home(admin: Client) -> None:
    flat, barn = a_home("Flat"), a_home("Barn")

    answer = add(admin, Circuit, home=flat.pk, name="Kitchen", parent=main_of(barn).pk, limit="3680")

    assert errors(answer) == {"parent": ["There is no such circuit in this home."]}
    assert Circuit.objects.count() == 2


def test_offers_only_what_may_feed_it(admin: Client) -> None:
    home, barn = a_home("Flat"), a_home("Barn")
    kitchen = a_circuit(home, "Kitchen")
    main = main_of(home)

    offered = admin.get(url("change", kitchen)).context["adminform"].form.fields["parent"].queryset

    assert list(offered) == [main]
    assert main_of(barn) not in offered


def test_the_home_is_fixed_and_the_main_circuit_is_fed_by_the_supply(admin: Client) -> None:
    home, barn = a_home("Flat"), a_home("Barn")
    main, kitchen = main_of(home), a_circuit(home, "Kitchen")

    assert edit(admin, main, name="Supply", home=barn.pk, parent=kitchen.pk, load="1").status_code == 302

    main.refresh_from_db()
    assert (main.name, main.home, main.parent, main.load) == ("Supply", home, None, 0)


def test_refuses_a_limit_below_what_is_on(admin: Client) -> None:
    home = a_home("Flat")
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    an_appliance(home, "Oven", watts=2400, at=kitchen, on=True)

    (text,) = errors(edit(admin, kitchen, limit="2000"))["__all__"]

    assert text.replace("\N{NARROW NO-BREAK SPACE}", " ") == (
        "Kitchen was not changed. Kitchen would carry 2 400 W of 2 000 W: 400 W too much."
    )
    kitchen.refresh_from_db()
    assert (kitchen.limit, kitchen.load) == (3000, 2400)


def test_refuses_to_hang_it_below_what_cannot_carry_it(admin: Client) -> None:
    home = a_home("Flat")
    kitchen, shed = a_circuit(home, "Kitchen", limit_watts=3000), a_circuit(home, "Shed", limit_watts=1000)
    an_appliance(home, "Oven", watts=2400, at=kitchen, on=True)

    answer = edit(admin, kitchen, parent=shed.pk)

    assert "1\N{NARROW NO-BREAK SPACE}400" in errors(answer)["__all__"][0]
    kitchen.refresh_from_db()
    assert kitchen.parent == main_of(home)


def test_says_at_the_field_that_it_cannot_feed_itself(admin: Client) -> None:
    home = a_home("Flat")
    kitchen = a_circuit(home, "Kitchen")
    worktop = a_circuit(home, "Worktop", fed_from=kitchen)

    answer = edit(admin, kitchen, parent=worktop.pk)

    assert errors(answer) == {"parent": ["A circuit cannot be fed from itself or from below itself."]}


def test_says_at_the_name_that_it_is_taken(admin: Client) -> None:
    home = a_home("Flat")
    a_circuit(home, "Kitchen")
    shed = a_circuit(home, "Shed")

    answer = edit(admin, shed, name="kitchen")

    assert errors(answer) == {"name": ["This home already has a circuit with that name."]}
    assert answer.context["original"].name == "Shed"


def test_deletes_an_unused_circuit_and_records_it(admin: Client) -> None:
    kitchen = a_circuit(a_home("Flat"), "Kitchen")

    answer = delete(admin, kitchen)

    assert answer.status_code == 302
    assert not Circuit.objects.filter(pk=kitchen.pk).exists()
    newest = Decision.objects.latest("id")
    assert (newest.action, newest.subject_name) == ("remove_circuit", "Kitchen")
    assert LogEntry.objects.get().object_repr == "Kitchen"


def test_a_circuit_in_use_stays_and_says_why(admin: Client) -> None:
    home = a_home("Flat")
    kitchen = a_circuit(home, "Kitchen")
    an_appliance(home, at=kitchen)

    answer = delete(admin, kitchen)

    assert said(answer) == ["1 appliance is plugged in at it. Move or remove it first."]
    assert Circuit.objects.filter(pk=kitchen.pk).exists()
    assert not LogEntry.objects.exists()


def test_deleting_several_tells_what_came_of_each(admin: Client) -> None:
    home = a_home("Flat")
    main, kitchen, shed = main_of(home), a_circuit(home, "Kitchen"), a_circuit(home, "Shed")
    an_appliance(home, at=kitchen)

    asked = act(admin, "delete_selected", main, kitchen, shed)
    answer = act(admin, "delete_selected", main, kitchen, shed, post="yes")

    assert b"Are you sure" in asked.content
    assert said(answer) == [
        "Main: The main circuit stays as long as its home.",
        "Kitchen: 1 appliance is plugged in at it. Move or remove it first.",
        "Shed deleted.",
    ]
    assert list(Circuit.objects.order_by("id")) == [main, kitchen]
    assert LogEntry.objects.count() == 1
