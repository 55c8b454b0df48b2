"""What is known of a home is never stale: whoever wrote, the next decision is taken on what is there."""

import sqlite3
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from appliances.models import Appliance, Home
from appliances.models.home import new_lineage
from appliances.presentation import snapshot
from appliances.services import known, switching, verifying, writer
from appliances.services.outcome import Refused
from tests.builders import a_home, an_appliance
from tests.services.asking import BY
from tests.services.rows import load_of

pytestmark = pytest.mark.django_db(transaction=True)


def switch(row: Appliance, *, on: bool = True) -> None:
    switching.switch(appliance_id=row.pk, on=on, **BY)


@pytest.mark.sqlite
def test_a_second_turn_reads_nothing_of_what_the_first_has_left() -> None:
    home = a_home()
    lamp, fan = an_appliance(home, watts=10), an_appliance(home, watts=20)
    switch(lamp)
    read: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        read.append(sql)
        return execute(sql, *rest)

    with writer._connection().execute_wrapper(note):
        switch(fan)

    assert not any(sql.startswith("SELECT") for sql in read), read


@pytest.mark.sqlite
def test_another_programs_write_is_seen_by_the_next_decision() -> None:
    home = a_home(limit_watts=2500)
    heater, oven = an_appliance(home, watts=1500), an_appliance(home, watts=1500)
    switch(heater)

    with sqlite3.connect(connection.settings_dict["NAME"]) as other:
        other.execute("UPDATE appliances_appliance SET is_on = 0 WHERE id = ?", [heater.pk])
    other.close()
    switch(oven)

    assert load_of(home) == 1500


def test_a_write_of_another_thread_is_seen_by_the_next_decision() -> None:
    home = a_home(limit_watts=2500)
    heater, oven = an_appliance(home, watts=1500), an_appliance(home, watts=1500)
    switch(oven)
    switch(oven, on=False)

    def elsewhere() -> None:
        Appliance.objects.filter(pk=heater.pk).update(is_on=True)
        connections.close_all()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    with pytest.raises(Refused):
        switch(oven)


def test_what_was_rolled_back_is_not_known() -> None:
    home = a_home(limit_watts=2500)
    heater = an_appliance(home, watts=1500)
    dry = {**BY, "by": BY["by"].__class__(BY["by"].kind, BY["by"].id, BY["by"].name, dry_run=True)}

    with pytest.raises(Exception, match="would have been recorded"):
        switching.switch(appliance_id=heater.pk, on=True, **dry)
    switch(heater)

    assert load_of(home) == 1500
    assert verifying.differences() == []


def test_a_page_shows_the_newest_revision_whoever_made_it() -> None:
    lamp = an_appliance(a_home(), watts=10)
    switch(lamp)
    assert snapshot.read(lamp.home_id).appliances[0].is_on

    def elsewhere() -> None:
        switch(lamp, on=False)
        connections.close_all()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert not snapshot.read(lamp.home_id).appliances[0].is_on


def test_what_is_kept_of_another_lineage_is_not_shown() -> None:
    """The database was restored while this process ran, and the home has come to the same revision another way."""
    lamp = an_appliance(a_home(), watts=10)
    switch(lamp)
    assert snapshot.read(lamp.home_id).appliances[0].is_on

    Appliance.objects.update(is_on=False)
    Home.objects.update(lineage=new_lineage())

    assert not snapshot.read(lamp.home_id).appliances[0].is_on


def test_what_a_turn_has_left_is_not_read_where_a_later_one_is_known() -> None:
    home = a_home()
    lamp, fan = an_appliance(home, watts=10), an_appliance(home, watts=20)
    of_lamp = switching.switch(appliance_id=lamp.pk, on=True, **BY)
    of_fan = switching.switch(appliance_id=fan.pk, on=True, **BY)

    with CaptureQueriesContext(connection) as asked:
        at = snapshot.after(of_lamp, BY["now"])

    assert (at.home.revision, list(asked)) == (of_fan.revision, [])
    assert {row.pk for row in at.appliances if row.is_on} == {lamp.pk, fan.pk}


def test_no_more_homes_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST", 3)
    for _ in range(6):
        switch(an_appliance(a_home(), watts=10))

    assert len(known._shown) <= 3
    assert len(known._left) <= 3
    assert Home.objects.count() == 6
