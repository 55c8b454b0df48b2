"""A record whose beginning was let go comes back as it is, and what let it go with it."""

from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from appliances.interlock import guard
from appliances.models import Checkpoint, Decision, Home
from appliances.services import pruning, verifying
from tests.backups.doing import backed_up, held, restored
from tests.backups.installation import Database


def test_comes_back_with_its_checkpoint(home: Database, tmp_path: Path) -> None:
    assert sum(pruning.remove(Home.objects.get(name="Flat").pk, timezone.now() + timedelta(days=1))) > 0
    kept = backed_up(tmp_path)
    assert Decision.objects.filter(home__name="Flat").count() == 1
    restored(kept)

    assert held(backed_up(tmp_path / "again.zip")) == held(kept)
    assert Checkpoint.objects.count() == 1
    assert (guard.differences(connection), verifying.differences()) == ([], [])
