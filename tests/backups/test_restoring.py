"""When a backup is not restored, that it is said why, and that the database is then as it was."""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from appliances.interlock import guard
from appliances.models import Appliance, Circuit
from appliances.services import verifying
from appliances.services.doctor import backup
from tests.backups import furniture
from tests.backups.doing import backed_up, held, restored
from tests.backups.installation import Database, OnPostgresql, OnSqlite, let_go
from tests.management.commands import said
from voltsafe import running
from voltsafe.backups import archive, keys, making, manifest, restoring, sqlite
from voltsafe.backups.archive import CannotBackUp
from voltsafe.backups.manifest import CannotRestore


@contextmanager
def refused(tmp_path: Path, words: str) -> Iterator[None]:
    """In here it must be, with these words, and change nothing."""
    before = furniture.rows()
    with pytest.raises(CannotRestore, match=words):
        yield
    assert furniture.rows() == before
    assert guard.differences(connection) == []
    assert not list(tmp_path.glob("*.restoring*"))


def rewritten(path: Path, **fields: Any) -> Path:
    """The same with another manifest."""
    with zipfile.ZipFile(path) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    members[manifest.NAME] = json.dumps({**json.loads(members[manifest.NAME]), **fields}).encode()
    with zipfile.ZipFile(path, "w") as opened:
        for name, member in members.items():
            opened.writestr(name, member)
    return path


def test_what_is_there_is_not_lost_by_accident(home: Database, tmp_path: Path) -> None:
    kept = backed_up(tmp_path)

    with refused(tmp_path, "holds homes, people or decisions already.*--replace"):
        restored(kept, replace=False)


def test_one_of_a_newer_version_is_refused_by_name(home: Database, tmp_path: Path) -> None:
    kept = backed_up(tmp_path)
    rewritten(kept, migrations=[*archive.manifest_of(kept).migrations, "appliances.9999_later"], version="9.0")

    with refused(tmp_path, r"newer VoltSafe \(9\.0; it has appliances\.9999_later\)"):
        restored(kept)


def test_where_a_server_or_a_controller_runs_it_is_refused(home: Database, tmp_path: Path) -> None:
    kept = backed_up(tmp_path)

    with refused(tmp_path, "VoltSafe is running on this data"), running.marked():
        restored(kept)


def test_where_another_program_has_the_database_open_it_is_refused(home: Database, tmp_path: Path) -> None:
    kept = backed_up(tmp_path)
    with closing(opened_elsewhere(home)), refused(tmp_path, "open"):
        restored(kept)


def opened_elsewhere(database: Database) -> Any:
    if isinstance(database, OnPostgresql):
        other = database.connect()
        other.ensure_connection()
        return other
    other = sqlite3.connect(database.file)
    other.execute("SELECT count(*) FROM appliances_home").fetchone()
    return other


@pytest.mark.sqlite
def test_where_another_program_opens_it_meanwhile_the_old_one_stays(
    home: OnSqlite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, others = backed_up(tmp_path), []
    monkeypatch.setattr(restoring, "_build", lambda *_, **__: [])
    monkeypatch.setattr(sqlite, "_flush", lambda _path: others.append(opened_elsewhere(home)))

    with refused(tmp_path, "cannot be replaced: database is locked"):
        try:
            restored(kept)
        finally:
            others[0].close()


def test_what_does_not_add_up_is_not_restored_unless_it_is_wished(home: Database, tmp_path: Path) -> None:
    Circuit.objects.filter(name="Kitchen").update(name="Cellar")
    odd = making.make(tmp_path / "odd.zip", now=timezone.now(), with_key=True)
    assert odd.differences == ["flat: circuit Cellar: name is 'Cellar'; the record says 'Kitchen'"]
    with refused(tmp_path, r"`verify` finds 1 difference.*Cellar.*--despite-differences"):
        restored(odd.path)

    let_go()
    lines = said("restore", str(odd.path), "--replace", "--despite-differences").splitlines()
    assert lines[0].endswith("(2 homes, 3 appliances, 20 decisions, 1 user).")
    assert lines[1:] == ["Restored, differences and all. Everyone signs in again. Start VoltSafe."]
    assert verifying.differences() == odd.differences


@pytest.mark.parametrize(
    ("lived_in", "words"), [("home", "voltsafe: overload"), ("old_home", "voltsafe: overload|more than its limit")]
)
def test_what_would_overload_is_never_restored(
    lived_in: str, words: str, django_db_setup: None, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue(lived_in)
    guard.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE appliances_appliance SET rated_mw = 2600001 WHERE name = 'Oven'")
    before = held(overloaded := backed_up(tmp_path / "overloaded.zip"))

    with pytest.raises(CannotRestore, match=words):
        restored(overloaded, despite_differences=True)
    assert held(backed_up(tmp_path / "after.zip")) == before


@pytest.mark.sqlite
def test_a_damaged_database_and_what_is_left_of_its_log_make_room(home: OnSqlite, tmp_path: Path) -> None:
    kept = backed_up(tmp_path)
    let_go()
    home.file.write_bytes(b"nothing of sense" * 1000)
    Path(f"{home.file}-wal").write_bytes(b"nor this")
    with pytest.raises(CannotRestore, match=r"cannot be read \(file is not a database\).*--replace"):
        restored(kept, replace=False)
    restored(kept)

    assert verifying.differences() == []
    assert Appliance.objects.get(name="Oven").is_on


def test_a_name_that_could_be_meant_for_a_folder_is_asked_about(home: Database, tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match="no folder that is there"):
        backed_up(tmp_path / "backups")
    assert not (tmp_path / "backups").exists()


def test_a_database_that_a_newer_version_has_written_is_left_to_that(home: Database, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('appliances', '9999_later', '2030-01-01')"
        )

    with pytest.raises(CannotBackUp, match=r"appliances\.9999_later"):
        backed_up(tmp_path)
    assert not list(tmp_path.glob("*.zip*"))


KEY, OTHER = "k" * 60, "o" * 60


@pytest.fixture
def _no_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOLTSAFE_SECRET_KEY")


@pytest.mark.usefixtures("_no_key_is_set")
def test_its_key_takes_the_place_of_another(tmp_path: Path) -> None:
    with override_settings(DATA_DIR=tmp_path, SECRET_KEY=OTHER):
        spoken = keys.put_back(KEY, keys.fingerprint(KEY))

    assert spoken == "Its secret key is in place too."
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("secret-key", KEY)]
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("key", "words"), [(KEY, "Set that to its member secret-key"), ("", "which it does not hold")])
def test_a_key_that_is_set_or_missing_is_spoken_of(tmp_path: Path, key: str, words: str) -> None:
    with override_settings(DATA_DIR=tmp_path, SECRET_KEY=OTHER):
        assert words in keys.put_back(key, keys.fingerprint(KEY))
        assert keys.put_back(key, keys.fingerprint(OTHER)) == ""

    assert not list(tmp_path.iterdir())


def test_the_key_is_inside_unless_it_is_left_out_and_it_is_said(home: Database, tmp_path: Path) -> None:
    whole, keyless = tmp_path / "whole.zip", tmp_path / "keyless.zip"
    assert "and the secret key that unlocks those" in said("backup", str(whole))
    assert "The secret key is not inside: keep that too" in said("backup", str(keyless), "--without-secret-key")

    with archive.opened(whole) as reader:
        assert reader.key() == settings.SECRET_KEY
    with archive.opened(keyless) as reader:
        assert reader.key() == ""
    assert (tmp_path / backup.STAMP).exists(), "the doctor knows of it"


def test_what_cannot_be_done_is_said_in_a_line(home: Database, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no folder that is there"):
        said("backup", str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match=r"nowhere\.zip is not restored\. It cannot be read"):
        said("restore", str(tmp_path / "nowhere.zip"))
    assert not (tmp_path / backup.STAMP).exists()
