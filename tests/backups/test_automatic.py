"""Before a migration that meets data a backup is made, or nothing is migrated."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from appliances.models import Home
from appliances.services import probing, verifying
from tests.backups import furniture
from tests.backups.doing import restored
from tests.backups.installation import Database, let_go
from tests.backups.test_archive import a_backup
from tests.builders import NOW
from voltsafe import startup, static_files
from voltsafe.backups import archive, automatic, making
from voltsafe.backups.making import Made
from voltsafe.startup import CannotStart


@pytest.fixture(autouse=True)
def _no_static_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_files, "collect", lambda _say: None)


def start() -> list[str]:
    """What a start says."""
    said: list[str] = []
    let_go()
    startup.prepare(said.append)
    return said


def test_an_upgrade_is_preceded_by_a_backup_which_leads_back_to_before_it(old_home: Database, tmp_path: Path) -> None:
    said = start()
    (kept,) = (tmp_path / automatic.FOLDER).iterdir()
    upgraded = furniture.rows()

    assert said == [f"Backed up before the upgrade: {kept}", "Preparing the database ..."]
    told = archive.manifest_of(kept)
    assert "appliances.0002_interlock" in told.migrations
    assert "appliances.0003_people" not in told.migrations
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    with archive.opened(kept) as reader:
        assert reader.key() == "", "the key stays where it is, beside it"
    Home.objects.filter(name="Loft").update(name="Cellar")
    restored(kept)

    assert furniture.rows() == upgraded, "restored into this version it is migrated"
    assert (probing.migrations(), verifying.differences()) == (([], []), [])


def test_without_a_backup_nothing_is_migrated(old_home: Database, tmp_path: Path) -> None:
    (tmp_path / automatic.FOLDER).write_text("in the way")
    before = furniture.decisions()

    with pytest.raises(CannotStart, match=r"not done without a backup.*File exists.*Nothing was changed"):
        start()
    assert "appliances.0003_people" in probing.migrations()[1]
    assert furniture.decisions() == before


def test_a_newer_database_is_refused_with_the_way_back(home: Database, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('appliances', '9999_later', '2030-01-01')"
        )

    with pytest.raises(CannotStart) as refusal:
        start()
    assert "it has appliances.9999_later" in str(refusal.value)
    assert f"manage.py restore {settings.DATA_DIR}/backups/before-upgrade-" in str(refusal.value)


def test_of_each_state_the_last_is_kept_and_of_the_states_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / automatic.FOLDER
    folder.mkdir()
    a_backup(folder / "voltsafe-mine.zip")
    with override_settings(DATA_DIR=tmp_path):
        for number, state in enumerate("12234566"):
            path = a_backup(folder / f"{automatic.PREFIX}{number}.zip", migrations=[state])
            made = Made(path, archive.manifest_of(path), [])
            monkeypatch.setattr(making, "make", lambda *_, made=made, **__: made)
            automatic.make(NOW)

    assert sorted(file.name for file in folder.iterdir()) == [
        *(f"{automatic.PREFIX}{number}.zip" for number in (2, 3, 4, 5, 7)),
        "voltsafe-mine.zip",
    ]
