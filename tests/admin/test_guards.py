"""What the administration asks besides: the password before power is given, the installer code where there is one."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from appliances.models import Circuit, Decision, Home, Membership, User
from appliances.models.decision import Action
from appliances.models.membership import Role
from appliances.presentation import wording
from tests.admin.pages import act, add, delete, edit, errors, said, url
from tests.builders import a_circuit, a_home, a_person, an_installer_code, main_of

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
CODE = "red screwdriver"


@pytest.fixture
def flat() -> Home:
    return a_home("Flat", owner=a_person("ada"))


@pytest.fixture
def unsure(client: Client, keeper: User) -> Client:
    """Signed in too long ago to count as just confirmed."""
    client.force_login(keeper)
    return client


def test_a_limit_is_raised_with_the_password(unsure: Client, flat: Home) -> None:
    assert list(errors(edit(unsure, flat, limit="6000"))) == ["confirm_password"]
    assert errors(edit(unsure, flat, limit="6000", confirm_password="a wrong one")) == {
        "confirm_password": ["That is not your password."]
    }
    assert main_of(flat).limit == 5000

    assert edit(unsure, flat, limit="6000", confirm_password=PASSWORD).status_code == 302
    assert edit(unsure, flat, limit="7000").status_code == 302, "not asked again for a while"

    assert main_of(flat).limit == 7000


def test_what_needs_no_password_is_not_held_up(unsure: Client, flat: Home) -> None:
    assert edit(unsure, flat, name="Nest").status_code == 302


def test_the_password_is_no_change_of_the_home(unsure: Client, flat: Home) -> None:
    edit(unsure, flat, limit="6000", confirm_password=PASSWORD, given_code="nobody asked")

    assert "password" not in LogEntry.objects.get().get_change_message()
    assert "code" not in LogEntry.objects.get().get_change_message()


def test_a_wrong_password_is_on_record(unsure: Client, flat: Home) -> None:
    edit(unsure, flat, limit="6000", confirm_password="a wrong one")

    row = Decision.objects.get(action=Action.CONFIRM)
    assert wording.decision(row) == "A wrong password was given for keeper from 127.0.0.1."


def test_circuits_are_changed_with_the_installer_code(admin: Client, flat: Home) -> None:
    kitchen = a_circuit(flat, "Kitchen", limit_watts=3000)
    an_installer_code(flat, CODE)

    assert list(errors(edit(admin, kitchen, limit="3500"))) == ["given_code"]
    assert list(errors(edit(admin, kitchen, limit="3500", given_code="a guess"))) == ["given_code"]
    assert edit(admin, kitchen, limit="3500", given_code=CODE).status_code == 302

    wanted = {"home": flat.pk, "name": "Garage", "parent": main_of(flat).pk, "limit": "100"}
    assert list(errors(add(admin, Circuit, **wanted))) == ["given_code"]
    assert add(admin, Circuit, **wanted, given_code=CODE).status_code == 302


def test_a_circuit_is_deleted_with_the_installer_code(admin: Client, flat: Home) -> None:
    kitchen = a_circuit(flat, "Kitchen")
    an_installer_code(flat, CODE)
    assert 'name="given_code"' in admin.get(url("delete", kitchen)).content.decode()

    assert said(delete(admin, kitchen)) == ["This home asks for its installer code for that."]
    assert Circuit.objects.filter(pk=kitchen.pk).exists()

    admin.post(url("delete", kitchen), {"post": "yes", "given_code": CODE})
    assert not Circuit.objects.filter(pk=kitchen.pk).exists()


def test_deleted_together_they_are_sent_to_their_own_pages(admin: Client, flat: Home) -> None:
    kitchen = a_circuit(flat, "Kitchen")
    an_installer_code(flat, CODE)

    answer = act(admin, "delete_selected", kitchen, post="yes")

    [text] = said(answer)
    assert text.endswith("Its own page has a field for it.")
    assert Circuit.objects.filter(pk=kitchen.pk).exists()


def test_nobody_sees_the_code_of_a_home(admin: Client, flat: Home) -> None:
    an_installer_code(flat, CODE)
    flat.refresh_from_db()

    assert flat.installer_code not in admin.get(url("change", flat)).content.decode()


def test_people_are_let_in_with_the_password(unsure: Client, flat: Home) -> None:
    wanted = {"user": a_person("bob").pk, "home": flat.pk, "role": Role.GUEST}

    assert list(errors(add(unsure, Membership, **wanted))) == ["confirm_password"]
    assert add(unsure, Membership, **wanted, confirm_password=PASSWORD).status_code == 302


def test_every_change_of_a_role_is_a_decision(admin: Client, flat: Home) -> None:
    add(admin, Membership, user=a_person("bob").pk, home=flat.pk, role=Role.GUEST)
    row = Membership.objects.get(user__username="bob")
    edit(admin, row, role=Role.MEMBER)
    delete(admin, row)

    told = Decision.objects.filter(home=flat, actor_name="keeper").order_by("revision")
    assert [wording.decision(one) for one in told] == [
        "bob belongs to the home now, as Guest.",
        "bob is Member now, and was Guest.",
        "bob belongs to the home no longer.",
    ]
