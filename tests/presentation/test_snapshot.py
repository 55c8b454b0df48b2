"""A snapshot is of one revision, however fast the home changes."""

import threading
from typing import Any

import pytest
from django.db import connection, connections

from appliances.models import Appliance, Circuit, Home
from appliances.presentation import snapshot
from appliances.services import known, switching
from tests.builders import a_home, an_appliance
from tests.services.asking import BY

pytestmark = pytest.mark.django_db(transaction=True)


class Overtaking:
    """Whenever the circuits are about to be read, somebody else switches the lamp."""

    def __init__(self, lamp: Appliance) -> None:
        self.lamp = lamp
        self.is_on_at = {Home.objects.get(pk=lamp.home_id).revision: lamp.is_on}

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("SELECT") and f'FROM "{Circuit._meta.db_table}"' in sql:
            writer = threading.Thread(target=self._switch)
            writer.start()
            writer.join()
        return execute(sql, *rest)

    def _switch(self) -> None:
        on = not Appliance.objects.get(pk=self.lamp.pk).is_on
        changed = switching.switch(appliance_id=self.lamp.pk, on=on, **BY)
        self.is_on_at[changed.revision] = on
        known.forget()
        connections.close_all()


def test_rows_of_two_revisions_are_never_mixed() -> None:
    lamp = an_appliance(a_home())
    overtaking = Overtaking(lamp)

    with connection.execute_wrapper(overtaking):
        at = snapshot.read(lamp.home_id)

    assert len(overtaking.is_on_at) == snapshot.TRIES + 2
    assert at.appliances[0].is_on == overtaking.is_on_at[at.home.revision]
    assert at.decisions[0].revision == at.home.revision


def test_after_it_the_connection_writes_again() -> None:
    lamp = an_appliance(a_home())
    with connection.execute_wrapper(Overtaking(lamp)):
        snapshot.read(lamp.home_id)

    switching.switch(appliance_id=lamp.pk, on=False, **BY)

    assert not Appliance.objects.get(pk=lamp.pk).is_on
