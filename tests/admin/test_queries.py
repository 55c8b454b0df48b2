"""How many queries the pages of the administration take, however many rows they show."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appliances.models import Appliance, Circuit, Decision, Home, Membership, Token, User
from tests.admin.pages import url
from tests.builders import a_circuit, a_home, a_person, a_token, an_appliance

pytestmark = pytest.mark.django_db


def furnish(homes: int) -> None:
    for _ in range(homes):
        home = a_home()
        a_token(a_person(home=home), "phone")
        for _ in range(2):
            an_appliance(home, at=a_circuit(home))


def queries(admin: Client, address: str) -> int:
    admin.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert admin.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("model", "expected"),
    [(Home, 6), (Circuit, 6), (Appliance, 7), (Decision, 5), (Membership, 6), (Token, 6), (User, 6)],
)
def test_a_list_takes_so_many_however_long_it_is(admin: Client, model: type[Model], expected: int) -> None:
    furnish(1)
    few = queries(admin, url("changelist", model))
    furnish(5)
    many = queries(admin, url("changelist", model))

    assert (few, many) == (expected, expected)


@pytest.mark.parametrize(
    ("model", "page", "expected"),
    [
        (Home, "change", 5),
        (Circuit, "change", 6),
        (Appliance, "change", 6),
        (Appliance, "add", 5),
        (Circuit, "add", 5),
        (Home, "delete", 7),
    ],
)
def test_a_form_takes_so_many_however_much_there_is(admin: Client, model: Any, page: str, expected: int) -> None:
    furnish(2)
    row = model if page == "add" else model.objects.latest("id")
    few = queries(admin, url(page, row))
    furnish(5)
    many = queries(admin, url(page, row))

    assert (few, many) == (expected, expected)
