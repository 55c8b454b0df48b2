"""Statements made once write what Django's own would, and copies of rows are copies."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from appliances.models import Appliance, Decision, Home, Wait, quick
from tests.builders import NOW, a_home, an_appliance, turn_on

pytestmark = pytest.mark.django_db


def columns_of(model: type, pk: int) -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table} WHERE id = %s", [pk])
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def test_a_row_is_written_as_django_writes_it() -> None:
    lamp = an_appliance(a_home(), "Ländliche Lampe", watts="60.125")
    turn_on(lamp)
    made = Decision.objects.latest("revision")
    before, pk = columns_of(Decision, made.pk), made.pk
    made.pk, made.revision = None, made.revision + 1

    quick.insert(made)

    assert columns_of(Decision, made.pk) == {**before, "id": pk + 1, "revision": made.revision}


def test_columns_are_changed_as_django_changes_them() -> None:
    home = a_home()
    kinds = {
        "is_on": False,
        "switched_at": NOW,
        "name": "Lamp",
        "rated": Decimal("0.125"),
        "priority": 3,
        "note": "it's",
    }
    lamp = an_appliance(home)

    quick.update(Appliance, lamp.pk, **kinds)
    written = columns_of(Appliance, lamp.pk)
    Appliance.objects.filter(pk=lamp.pk).update(**kinds)

    assert written == columns_of(Appliance, lamp.pk)
    assert written["name"] == "Lamp"


def test_a_copy_keeps_what_was_read_with_it_and_is_changed_alone() -> None:
    lamp = an_appliance(a_home())
    Wait.objects.create(home=lamp.home, appliance=lamp, asked_at=NOW, expires_at=NOW + timedelta(hours=1))
    row = Appliance.objects.select_related("wait", "home").get(pk=lamp.pk)

    mine = quick.copy(row)
    mine.is_on, mine._state.db = True, "elsewhere"
    mine.home = Home(name="Another")

    assert (row.is_on, row._state.db, row.home.name) == (False, "default", lamp.home.name)
    assert mine.wait is row.wait
    assert mine == row
