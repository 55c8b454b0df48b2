"""`manage.py verify`: everything adds up, or every difference and an exit code of 1."""

import pytest
from django.core.management import CommandError
from django.db import connection

from appliances.interlock import guard
from appliances.models import Decision
from appliances.services import home as homes
from tests.builders import a_home, an_appliance
from tests.management.commands import said
from tests.races.hiring import manage
from tests.services.asking import BY

pytestmark = pytest.mark.django_db


def test_it_says_that_everything_adds_up() -> None:
    an_appliance(a_home(), watts=2000, on=True)
    homes.remove(home_id=a_home().pk, **BY)

    assert said("verify") == "Everything adds up.\n"


def test_without_any_home_everything_adds_up() -> None:
    assert said("verify") == "Everything adds up.\n"


def test_it_changes_nothing() -> None:
    home = a_home()
    recorded = Decision.objects.count()

    said("verify")

    home.refresh_from_db()
    assert (home.revision, Decision.objects.count()) == (2, recorded)


def test_it_counts_the_differences() -> None:
    for name in ("Flat", "Loft"):
        a_home(name).circuits.update(name="Mains")

    with pytest.raises(CommandError, match=r"^2 differences\.$"):
        said("verify")


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_ends_it_with_1() -> None:
    a_home("Flat").circuits.update(name="Mains")

    ended = manage("verify")

    assert ended.returncode == 1
    assert ended.stdout == "flat: circuit Mains: name is 'Mains'; the record says 'Main'\n"
    assert ended.stderr.startswith("CommandError: 1 difference")


def test_a_missing_interlock_is_a_difference() -> None:
    connection.check_constraints()
    guard.remove(connection)

    with pytest.raises(CommandError, match="differences"):
        said("verify")
