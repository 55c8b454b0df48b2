"""Back to every version there was and forward again, with data: nothing is lost, and the interlock is whole."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from appliances.interlock import guard
from appliances.models import Appliance
from appliances.services import verifying
from tests.backups import furniture
from tests.backups.installation import Database

INTERLOCK = "0002_interlock"
VERSIONS = sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "appliances")


def migrate(*to: str) -> None:
    call_command("migrate", *to, interactive=False, verbosity=0)


@pytest.mark.parametrize("version", [name for name in VERSIONS if name >= INTERLOCK])
def test_back_and_forth_it_is_the_same_and_guards_the_same(plain_home: Database, version: str) -> None:
    before = furniture.rows()
    migrate("appliances", version)
    migrate()

    assert furniture.rows() == before
    assert (guard.differences(connection), verifying.differences()) == ([], [])
    with pytest.raises(IntegrityError, match="voltsafe: overload"), transaction.atomic():
        Appliance.objects.filter(name="Oven").update(rated=5000)
    with pytest.raises(IntegrityError, match="voltsafe: "), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM appliances_decision")
