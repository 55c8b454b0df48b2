"""What the doctor says of backups."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from appliances.services.doctor import backup
from appliances.services.doctor.finding import Finding, State
from tests.builders import a_home

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def told() -> Finding:
    (one,) = backup.backup(timezone.now())
    return one


def test_without_a_home_there_is_nothing_to_lose() -> None:
    assert told().state is State.WELL


def test_a_home_that_was_never_backed_up_is_named() -> None:
    a_home()

    assert told().state is State.WARNING
    assert "manage.py backup" in told().do


@pytest.mark.parametrize(("days", "state"), [(30, State.WELL), (32, State.WARNING)])
def test_an_old_one_is_as_good_as_none(tmp_path: Path, days: int, state: State) -> None:
    backup.note()
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(tmp_path / backup.STAMP, (then, then))

    assert told().state is state
