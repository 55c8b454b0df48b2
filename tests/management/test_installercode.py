"""`manage.py installercode`: the way out where the code was lost, on record as VoltSafe's."""

import pytest
from django.core.management import CommandError

from appliances.models import Decision
from appliances.models.decision import Action, Actor
from tests.builders import a_home, an_installer_code
from tests.management.commands import said

pytestmark = pytest.mark.django_db


def test_it_tells_whether_a_home_asks_for_one() -> None:
    home = a_home("Flat")

    assert said("installercode", "flat") == "Flat asks for no installer code.\n"
    an_installer_code(home)
    assert said("installercode", "flat").startswith("Flat asks for an installer code.")
    home.refresh_from_db()
    assert home.installer_code


def test_a_lost_one_is_cleared_on_record() -> None:
    home = a_home("Flat")
    an_installer_code(home)

    assert said("installercode", "flat", "--clear").startswith("Flat asks for no installer code any more.")

    home.refresh_from_db()
    assert home.installer_code == ""
    last = Decision.objects.filter(home=home).latest("revision")
    assert (last.action, last.actor) == (Action.CHANGE_CODE, Actor.SYSTEM)


def test_cleared_again_it_records_nothing() -> None:
    home = a_home("Flat")

    said("installercode", "flat", "--clear")

    assert not Decision.objects.filter(home=home, action=Action.CHANGE_CODE).exists()


def test_a_home_that_is_not_there_is_named_beside_those_that_are() -> None:
    a_home("Flat")

    with pytest.raises(CommandError, match="no home at 'falt'"):
        said("installercode", "falt")
