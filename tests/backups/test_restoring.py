"""When a backup is not restored, that it is said why, and that the database is then as it was."""

import dataclasses
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from appliances.interlock import guard
from appliances.models import Appliance, Circuit
from appliances.services import verifying
from tests.backups.doing import backed_up, held, restored
from tests.backups.installation import Database, OnPostgresql, OnSqlite, let_go
from voltsafe import running
from voltsafe.backups import archive, keys, making, manifest, sqlite
from voltsafe.backups.archive import CannotBackUp
from voltsafe.backups.manifest import CannotRestore


@contextmanager
def refused(tmp_path: Path, said: str) -> Iterator[None]:
    """In here it must be, with these words, and change nothing."""
    before = held(backed_up(tmp_path / "before.zip"))
    with pytest.raises(CannotRestore, match=said):
        yield
    assert held(backed_up(tmp_path / "after.zip")) == before
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

    assert restored(odd.path, despite_differences=True).differences == odd.differences


def test_what_would_overload_the_interlock_itself_keeps_out(home: Database, tmp_path: Path) -> None:
    kept = backed_up(tmp_path)
    name = manifest.member("appliances_appliance")
    with zipfile.ZipFile(kept) as opened:
        members = {one: opened.read(one) for one in opened.namelist()}
    members[name] = members[name].replace(b"2400001", b"2600001")
    made, forged = archive.manifest_of(kept), tmp_path / "forged.zip"
    with archive.written(forged) as writer:
        for one in members.keys() - {manifest.NAME}:
            writer.add(one, [members[one]])
        writer.finish(dataclasses.replace(made, sha256=writer.sha256))

    with refused(tmp_path, "voltsafe: overload"):
        restored(forged, despite_differences=True)


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
        said = keys.put_back(KEY, keys.fingerprint(KEY))

    assert said == "Its secret key is in place too."
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("secret-key", KEY)]
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("key", "said"), [(KEY, "Set that to its member secret-key"), ("", "which it does not hold")])
def test_a_key_that_is_set_or_missing_is_spoken_of(tmp_path: Path, key: str, said: str) -> None:
    with override_settings(DATA_DIR=tmp_path, SECRET_KEY=OTHER):
        assert said in keys.put_back(key, keys.fingerprint(KEY))
        assert keys.put_back(key, keys.fingerprint(OTHER)) == ""

    assert not list(tmp_path.iterdir())


def test_the_key_is_inside_unless_it_is_left_out(home: Database, tmp_path: Path) -> None:
    with archive.opened(backed_up(tmp_path / "with.zip")) as reader:
        assert reader.key() == settings.SECRET_KEY
    with archive.opened(backed_up(tmp_path / "without.zip", with_key=False)) as reader:
        assert reader.key() == ""
