"""On PostgreSQL: under the mark that a turn left, the rows are as it left them, whoever writes in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from appliances.interlock import tables
from appliances.models import Appliance, Circuit, Home, Shed, TemporaryLimit, Wait
from appliances.services import known, switching, verifying
from appliances.services.outcome import Refused
from tests.builders import a_home, an_appliance
from tests.interlock.triggers import execute
from tests.services.asking import BY
from tests.services.rows import load_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

MARKED = [one for one in apps.get_models() if one._meta.db_table in tables.MARKED]
NOW = BY["now"]
READS = ("appliances_appliance", "appliances_circuit", "appliances_temporarylimit")


def switch(row: Appliance, *, on: bool = True) -> list[str]:
    """The tables that were read for it."""
    with CaptureQueriesContext(connection) as asked:
        switching.switch(appliance_id=row.pk, on=on, home_id=row.home_id, **BY)
    selects = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    return [name for name in READS if any(f'FROM "{name}"' in sql for sql in selects)]


@contextmanager
def another_program() -> Iterator[psycopg.Cursor[Any]]:
    given = connection.get_connection_params()
    given.pop("cursor_factory", None)
    given.pop("context", None)
    with psycopg.connect(**given) as other, other.cursor() as cursor:
        yield cursor


@pytest.fixture
def lamp() -> Appliance:
    """One whose home the last turn has left."""
    row = an_appliance(a_home(), watts=10)
    switch(row)
    assert switch(row, on=False) == []
    return row


def mark_of(home: Home) -> Any:
    return Home.objects.filter(pk=home.pk).values_list(known.MARK).get()[0]


def test_it_says_whose_rows_are_read() -> None:
    row = an_appliance(a_home(), watts=10)
    assert switch(row) == list(READS)


@pytest.mark.parametrize(
    "column", [field.column for field in Appliance._meta.concrete_fields if field.column not in {"id", "home_id"}]
)
def test_any_column_of_an_appliance_that_another_program_writes(lamp: Appliance, column: str) -> None:
    with another_program() as other:
        other.execute(f"UPDATE appliances_appliance SET {column} = {column} WHERE id = %s", [lamp.pk])
    assert switch(lamp) == list(READS)
    assert switch(lamp, on=False) == []


@pytest.mark.parametrize("model", MARKED, ids=lambda model: model.__name__)
def test_a_row_put_in_changed_or_taken_out_changes_the_mark(model: type[Model]) -> None:
    home = a_home()
    lamp, spare = an_appliance(home, watts=10), an_appliance(home, watts=10)
    at = {"home": home, "circuit": lamp.circuit}
    rows = {
        Appliance: at | {"name": "Another", "rated": 1},
        Circuit: {"home": home, "parent": lamp.circuit, "name": "Another", "limit": 10},
        TemporaryLimit: at | {"limit": 4000, "starts_at": NOW, "ends_at": NOW.replace(year=2099), "reason": "less"},
        Wait: {"home": home, "appliance": spare, "asked_at": NOW, "expires_at": NOW},
        Shed: {"home": home, "appliance": spare, "at": NOW, "expires_at": NOW},
    }
    table, marks = model._meta.db_table, [mark_of(home)]
    model._base_manager.bulk_create([model(**rows[model])])
    marks.append(mark_of(home))
    execute(f"UPDATE {table} SET home_id = home_id WHERE id = (SELECT max(id) FROM {table})")
    marks.append(mark_of(home))
    execute(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")
    marks.append(mark_of(home))
    assert len(set(marks)) == 4


def test_what_it_switched_behind_our_back_is_counted() -> None:
    home = a_home(limit_watts=2500)
    heater, oven = an_appliance(home, watts=1500), an_appliance(home, watts=1500)
    switch(oven)
    switch(oven, on=False)
    with another_program() as other:
        other.execute("UPDATE appliances_appliance SET is_on = true WHERE id = %s", [heater.pk])
    with pytest.raises(Refused):
        switch(oven)
    assert load_of(home) == 1500


def test_what_it_undid_leaves_the_mark(lamp: Appliance) -> None:
    before = mark_of(lamp.home)
    with another_program() as other:
        other.execute("UPDATE appliances_appliance SET name = 'x' WHERE id = %s", [lamp.pk])
        other.connection.rollback()
    assert mark_of(lamp.home) == before
    assert switch(lamp) == []


def test_other_homes_and_the_homes_own_columns_are_no_change_of_its_rows(lamp: Appliance) -> None:
    switch(an_appliance(a_home(), watts=10))
    with another_program() as other:
        other.execute("UPDATE appliances_home SET wake_at = now(), name = 'Castle' WHERE id = %s", [lamp.home_id])
    assert switch(lamp) == []
    assert Home.objects.get(pk=lamp.home_id).name == "Castle"


def test_what_a_turn_left_and_did_not_commit_is_not_taken(lamp: Appliance, monkeypatch: pytest.MonkeyPatch) -> None:
    leave = known.leave

    def and_fail(*args: Any) -> None:
        leave(*args)
        raise RuntimeError

    monkeypatch.setattr(known, "leave", and_fail)
    with pytest.raises(RuntimeError):
        switch(lamp)
    monkeypatch.undo()

    assert switch(lamp) == list(READS)
    assert verifying.differences() == []


def test_a_refusal_leaves_what_it_found() -> None:
    home = a_home(limit_watts=2500)
    heater, oven = an_appliance(home, watts=1500), an_appliance(home, watts=1500)
    switch(heater)
    with pytest.raises(Refused):
        switch(oven)
    assert switch(heater, on=False) == []
    assert switch(oven) == []
    assert verifying.differences() == []


def test_stale_words_of_a_program_that_saves_a_whole_home_change_no_mark(lamp: Appliance) -> None:
    old = Home.objects.get(pk=lamp.home_id)
    switch(lamp)
    before = mark_of(lamp.home)
    with transaction.atomic():
        old.save(update_fields=["name", "timezone"])
    assert mark_of(lamp.home) == before
    assert switch(lamp, on=False) == []
