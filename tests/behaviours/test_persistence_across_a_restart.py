"""What was answered is kept: another process finds the same home, and kill -9 loses nothing that was answered."""

import json

import pytest
from django.core import serializers

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.models.decision import Outcome
from appliances.services import actor, switching, verifying
from appliances.services.outcome import Refused
from tests.behaviours.conftest import Flat
from tests.builders import NOW, turn_off
from tests.races.hiring import hired, manage
from tests.services.rows import load_of, newest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_another_process_finds_the_same_loads_states_and_record(flat: Flat) -> None:
    turn_off(flat.heater)
    with pytest.raises(Refused):
        switching.switch(appliance_id=flat.kettle.pk, on=True, by=actor.SYSTEM, now=NOW)
    kinds = (Home, Circuit, Appliance, Decision)

    found = manage("dumpdata", *(kind._meta.label for kind in kinds))

    here = [row for kind in kinds for row in kind.objects.order_by("pk")]
    assert json.loads(found.stdout) == json.loads(serializers.serialize("json", here))


def test_another_process_can_account_for_everything(flat: Flat) -> None:
    turn_off(flat.heater)

    found = manage("verify")

    assert (found.returncode, found.stdout, found.stderr) == (0, "Everything adds up.\n", "")


def test_a_new_process_goes_on_where_the_last_one_ended(flat: Flat) -> None:
    with hired(1) as [first]:
        first.ask(do="switch", appliance_id=flat.oven.pk, on=False)
    with hired(1) as [second]:
        repeated = second.ask(do="switch", appliance_id=flat.oven.pk, on=False)
        granted = second.ask(do="switch", appliance_id=flat.kettle.pk, on=True)
        refused = second.ask(do="switch", appliance_id=flat.oven.pk, on=True)

    assert [answer["outcome"] for answer in (repeated, granted, refused)] == ["as it was", "granted", "refused"]
    assert load_of(flat.home) == 2800


def test_a_process_killed_right_after_an_answer_loses_nothing_of_it(flat: Flat) -> None:
    turn_off(flat.oven)

    for on in (True, False, True):
        with hired(1) as [worker]:
            answer = worker.ask(do="switch", appliance_id=flat.kettle.pk, on=on)
            worker.kill()

        assert Appliance.objects.get(pk=flat.kettle.pk).is_on == on
        assert (newest(flat.home).revision, newest(flat.home).outcome) == (answer["revision"], Outcome.GRANTED)
        assert verifying.differences() == []
