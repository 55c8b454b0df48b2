"""What was backed up comes back, on both databases and from one to the other, whatever goes on meanwhile."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection

from appliances.interlock import guard
from appliances.models import Appliance, Home, User
from appliances.presentation import newest, snapshot
from appliances.services import verifying
from tests.api.conftest import Caller
from tests.backups import furniture
from tests.backups.doing import backed_up, held, lineages, restored
from tests.backups.installation import Database, OnSqlite, lived_in
from tests.builders import a_home, an_appliance, turn_off, turn_on
from tests.races.hiring import hired
from voltsafe.backups import archive, manifest, tables


def test_everything_comes_back_as_it_was_and_what_came_since_is_gone(home: Database, tmp_path: Path) -> None:
    kept = backed_up(tmp_path)
    turn_on(Appliance.objects.get(name="Heater"))
    a_home("Since then")
    with connection.cursor() as cursor:
        # And a newer version had it meanwhile.
        cursor.execute("CREATE TABLE appliances_later (id integer)")
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('appliances', '9999_later', '2030-01-01')"
        )
    restored(kept)

    assert held(backed_up(tmp_path / "again.zip")) == held(kept)
    assert (verifying.differences(), guard.differences(connection)) == ([], [])
    assert "appliances_later" not in connection.introspection.table_names()
    assert Appliance.objects.get(name="Kettle").note == furniture.WORDS
    assert not Session.objects.exists(), "who has an old session's key is not let in"
    assert kept.stat().st_mode & 0o777 == 0o600
    flat = Home.objects.get(name="Flat")
    assert an_appliance(flat, "New").pk == 5, "the number of the one that is gone is given to no other"


def test_its_revisions_are_of_another_lineage_each_time(home: Database, tmp_path: Path) -> None:
    """A program that remembers one of after the backup is not to take it for what the home comes to now."""
    kept = backed_up(tmp_path)
    met = lineages(kept)
    for name in ("first.zip", "second.zip"):
        restored(kept)
        now = lineages(backed_up(tmp_path / name))
        assert now
        assert not now & met
        met |= now


def test_what_a_program_remembers_of_before_is_told_anew(home: Database, tmp_path: Path) -> None:
    ada, flat = User.objects.get(), Home.objects.get(name="Flat")
    kept = backed_up(tmp_path)
    caller = Caller(ada)
    turn_on(Appliance.objects.get(name="Heater"))
    remembered = {path: caller.ask("get", path).headers["ETag"] for path in READS}
    newest.of(Home.objects.get(pk=flat.pk))
    restored(kept)
    turn_off(Appliance.objects.get(name="Kettle"))
    flat.refresh_from_db()
    answers = {path: Caller(ada).ask("get", path, If_None_Match=etag) for path, etag in remembered.items()}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(READS, 200)
    assert snapshot.read(flat.pk).decisions[0].subject_name == "Kettle"


READS = ("/homes", "/homes/flat", "/homes/flat/load", "/homes/flat/appliances", "/homes/flat/decisions")


def test_nobody_waits_for_it_and_it_holds_one_moment(
    home: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(backed_up(tmp_path / "before.zip"))
    heater, made = Appliance.objects.get(name="Heater"), tables.made
    with hired(1) as [worker]:

        def switched_meanwhile() -> list[str]:
            found = made()
            assert worker.ask(do="switch", appliance_id=heater.pk, on=True)["outcome"] == "granted"
            return found

        monkeypatch.setattr(tables, "made", switched_meanwhile)
        kept = backed_up(tmp_path)

    assert held(kept) == before
    heater.refresh_from_db()
    assert heater.is_on


@pytest.mark.postgres
def test_a_migration_waits_for_it(home: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever saw a table before it was made anew would see an empty one."""
    made, other = tables.made, home.connect()

    def migrated_meanwhile() -> list[str]:
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = 1")
            with pytest.raises(OperationalError, match="lock timeout"):
                cursor.execute("ALTER TABLE appliances_decision ALTER COLUMN actor_name TYPE varchar(200)")
        return made()

    monkeypatch.setattr(tables, "made", migrated_meanwhile)
    assert archive.manifest_of(backed_up(tmp_path)).rows("appliances_decision") > 10
    other.close()


def test_while_another_process_switches_all_the_time_it_is_a_part_of_the_history(
    home: Database, tmp_path: Path
) -> None:
    ids = list(Appliance.objects.values_list("pk", flat=True))
    with hired(1) as [worker]:
        worker.tell([{"do": "switch forever", "appliance_ids": ids}])
        kept = []
        for number in range(3):
            answers = [worker.hear() for _ in range(5)]
            kept.append((backed_up(tmp_path / f"{number}.zip"), answers[-1].get("revision") or 0))
        worker.kill()
    decisions = manifest.member("appliances_decision")
    whole = set(held(backed_up(tmp_path / "end.zip"))[decisions])
    newest = 0
    for path, answered in kept:
        restored_of_it = held(path)[decisions]
        assert set(restored_of_it) < whole
        revisions = sorted(int(line.split(b"\t")[1]) for line in restored_of_it if b"\t1\t" in line)
        assert max(revisions) >= max(answered, newest), "nothing that was answered before is missing"
        newest = max(revisions)
    restored(kept[1][0])

    assert verifying.differences() == []
    assert held(backed_up(tmp_path / "again.zip")) == held(kept[1][0])


@pytest.mark.postgres
def test_a_home_moves_from_one_database_to_the_other_and_back(home: Database, tmp_path: Path) -> None:
    there = backed_up(tmp_path / "postgresql.zip")
    (tmp_path / "small").mkdir()
    with lived_in(OnSqlite(tmp_path / "small" / "home.sqlite3"), tmp_path / "small"):
        restored(there, replace=False)
        assert connection.vendor == "sqlite"
        assert verifying.differences() == []
        back = backed_up(tmp_path / "sqlite.zip")
    assert held_apart_from_json(back) == held_apart_from_json(there)
    restored(back)

    assert verifying.differences() == []
    assert held(backed_up(tmp_path / "again.zip")) == held(there)


def held_apart_from_json(path: Path) -> Any:
    """Whose spaces differ."""
    return {name: [line.replace(b" ", b"") for line in lines] for name, lines in held(path).items()}


def test_every_kind_of_column_is_one_that_both_can_write() -> None:
    kinds = {column.kind for table in tables.of(sorted(tables.known())) for column in table.columns}

    assert kinds <= tables.KINDS


def test_what_it_is_made_of_is_told_without_opening_it_by_hand(home: Database, tmp_path: Path) -> None:
    told = archive.manifest_of(backed_up(tmp_path))

    assert (told.engine, told.rows("appliances_home"), told.format) == (connection.vendor, 2, manifest.FORMAT)
    assert "appliances.0002_interlock" in told.migrations
