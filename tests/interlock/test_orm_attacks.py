"""What Django itself offers to write past a limit, and what a stale or a bulk write does to the loads."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from appliances.interlock import guard
from appliances.models import Appliance, Circuit, Decision, Home
from tests.interlock import house
from tests.interlock.house import GARAGE, HEATER, KETTLE, KITCHEN, MAIN, OTHER_MAIN, OVEN, WORKTOP

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_homes(db: None) -> Iterator[None]:
    house.build()
    yield
    assert house.broken_rules() == []


def assert_refused(attack: Callable[[], Any]) -> None:
    before = {table: house.rows(table) for table in ("circuit", "appliance", "decision")}
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        attack()
    assert guard.is_interlock_error(refusal.value), refusal.value
    assert before == {table: house.rows(table) for table in before}


def a_sauna(**fields: Any) -> Appliance:
    return Appliance(**{"home_id": 1, "circuit_id": KITCHEN, "name": "sauna", "rated": 5, "is_on": True, **fields})


def test_create_is_refused() -> None:
    assert_refused(a_sauna().save)


def test_bulk_create_is_refused() -> None:
    lamp = a_sauna(name="lamp", rated="0.1")
    assert_refused(lambda: Appliance.objects.bulk_create([lamp, a_sauna()]))


def test_bulk_create_that_ignores_conflicts_is_refused() -> None:
    assert_refused(lambda: Appliance.objects.bulk_create([a_sauna()], ignore_conflicts=True))


def test_bulk_create_that_updates_conflicts_is_refused() -> None:
    kettle = Appliance.objects.get(pk=KETTLE)
    kettle.is_on = True
    assert_refused(
        lambda: Appliance.objects.bulk_create(
            [kettle], update_conflicts=True, update_fields=["is_on"], unique_fields=["id"]
        )
    )


def test_queryset_update_is_refused() -> None:
    assert_refused(lambda: Appliance.objects.filter(pk=KETTLE).update(is_on=True))


def test_bulk_update_is_refused() -> None:
    rows = list(Appliance.objects.filter(home_id=1))
    for row in rows:
        row.is_on = True
    assert_refused(lambda: Appliance.objects.bulk_update(rows, ["is_on"]))


def test_save_of_a_stale_appliance_is_refused_when_it_would_switch_on_again() -> None:
    stale = Appliance.objects.get(pk=OVEN)
    Appliance.objects.filter(pk=OVEN).update(is_on=False)
    Appliance.objects.filter(pk=KETTLE).update(is_on=True)
    stale.note = "only the note was meant"
    assert_refused(stale.save)


def test_lowering_a_limit_is_refused() -> None:
    assert_refused(lambda: Circuit.objects.filter(pk=GARAGE).update(limit=Decimal("0.499")))


def test_feeding_a_circuit_from_below_itself_is_refused() -> None:
    kitchen = Circuit.objects.get(pk=KITCHEN)
    kitchen.parent_id = WORKTOP
    assert_refused(kitchen.save)


def test_moving_an_appliance_to_a_fuller_circuit_is_refused() -> None:
    heater = Appliance.objects.get(pk=HEATER)
    heater.circuit_id = KITCHEN
    assert_refused(heater.save)


def test_save_of_a_stale_circuit_keeps_the_load_true() -> None:
    stale = Circuit.objects.get(pk=GARAGE)
    Appliance.objects.filter(pk=HEATER).update(is_on=False)
    stale.name = "shed"
    stale.save()
    assert Circuit.objects.get(pk=GARAGE).load == 0


def test_an_update_of_every_load_changes_none() -> None:
    before = house.rows("circuit")
    Circuit.objects.update(load=12)
    assert house.rows("circuit") == before


def test_switching_everything_off_empties_every_load() -> None:
    Appliance.objects.update(is_on=False)
    assert set(Circuit.objects.values_list("load", flat=True)) == {0}


def test_deleting_appliances_takes_their_watts_off_every_breaker_above() -> None:
    Appliance.objects.filter(pk=OVEN).delete()
    loads = {pk: row["load_mw"] for pk, row in house.rows("circuit").items()}
    assert loads == {MAIN: 500, KITCHEN: 0, WORKTOP: 0, GARAGE: 500, OTHER_MAIN: 600}


def test_a_home_can_be_deleted_from_its_appliances_upwards() -> None:
    Appliance.objects.filter(home_id=1).delete()
    Circuit.objects.filter(home_id=1)._raw_delete("default")
    Home.objects.filter(pk=1).delete()
    connection.check_constraints()
    assert set(house.rows("circuit")) == {OTHER_MAIN}


@pytest.mark.parametrize(
    "attack",
    [
        lambda: Decision.objects.update(outcome="refused"),
        lambda: Decision.objects.all().delete(),
        lambda: Decision.objects.get(pk=1).save(),
        lambda: Decision.objects.get(pk=1).delete(),
        lambda: Decision.objects.bulk_create(
            Decision.objects.filter(pk=1), update_conflicts=True, update_fields=["outcome"], unique_fields=["id"]
        ),
    ],
    ids=["update", "delete", "save one", "delete one", "bulk create over one"],
)
def test_decisions_are_kept(attack: Callable[[], Any]) -> None:
    assert_refused(attack)


def test_a_dump_loads_into_an_empty_database_as_it_was(tmp_path: Path) -> None:
    before = {table: house.rows(table) for table in ("home", "circuit", "appliance", "decision")}
    dump = tmp_path / "home.json"
    call_command("dumpdata", "appliances", output=dump)
    house.clear()
    call_command("loaddata", dump, verbosity=0)
    assert {table: house.rows(table) for table in before} == before


def test_a_dump_with_old_loads_loads_and_is_put_right(tmp_path: Path) -> None:
    dump = a_dump(tmp_path, lambda fields: fields.update(load="999") if "load" in fields else None)
    house.clear()
    call_command("loaddata", dump, verbosity=0)
    assert house.rows("circuit")[MAIN]["load_mw"] == 900


def test_a_dump_of_circuits_before_their_parents_loads(tmp_path: Path) -> None:
    dump = a_dump(tmp_path)
    entries = json.loads(dump.read_text())
    circuits = [one for one in entries if one["model"] == "appliances.circuit"]
    first = entries.index(circuits[0])
    entries[first : first + len(circuits)] = reversed(circuits)
    dump.write_text(json.dumps(entries))
    house.clear()
    call_command("loaddata", dump, verbosity=0)
    assert house.rows("circuit")[MAIN]["load_mw"] == 900


def test_a_dump_that_overloads_is_refused_whole(tmp_path: Path) -> None:
    dump = a_dump(tmp_path, lambda fields: fields.update(is_on=True) if "is_on" in fields else None)
    house.clear()
    assert_refused(lambda: call_command("loaddata", dump, verbosity=0))


def test_a_dump_that_rewrites_the_record_is_refused(tmp_path: Path) -> None:
    dump = a_dump(tmp_path, lambda fields: fields.update(outcome="refused") if "outcome" in fields else None)
    assert_refused(lambda: call_command("loaddata", dump, verbosity=0))


def a_dump(folder: Path, change: Callable[[dict[str, Any]], Any] = lambda fields: None) -> Path:
    file = folder / "home.json"
    call_command("dumpdata", "appliances", output=file)
    entries = json.loads(file.read_text())
    for one in entries:
        change(one["fields"])
    file.write_text(json.dumps(entries))
    return file
