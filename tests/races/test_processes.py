"""Processes that share nothing but the database: the last watts go to one of them, and a dead one holds nobody up."""

import pytest

from appliances.models import Appliance, Home
from appliances.models.decision import Outcome
from appliances.services import verifying
from tests.builders import a_home, an_appliance, turn_off, turn_on
from tests.races.hiring import hired
from tests.services.rows import load_of, revision_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROUNDS = 10


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


def test_the_last_watts_go_to_one_of_them_every_time(home: Home) -> None:
    heaters = [an_appliance(home, watts=3000) for _ in range(3)]

    with hired(3) as workers:
        for _ in range(ROUNDS):
            for worker, heater in zip(workers, heaters, strict=True):
                worker.tell([{"do": "switch", "appliance_id": heater.pk, "on": True}])
            answers = [worker.hear()[0]["outcome"] for worker in workers]

            assert sorted(answers) == [Outcome.GRANTED, Outcome.REFUSED, Outcome.REFUSED]
            assert load_of(home) == 3000
            turn_off(heaters[answers.index(Outcome.GRANTED)])
    assert verifying.differences() == []


def test_what_one_process_lowers_another_finds_lowered(home: Home) -> None:
    heater = an_appliance(home, watts=3000)

    with hired(2) as [one, other]:
        one.ask(do="change home", home_id=home.pk, wanted={"limit": "2999.999"})
        answer = other.ask(do="switch", appliance_id=heater.pk, on=True)

    assert answer["outcome"] == Outcome.REFUSED


def test_killed_in_the_middle_of_a_change_it_leaves_no_half_and_holds_nobody_up(home: Home) -> None:
    heater, oven = an_appliance(home, watts=3000), an_appliance(home, watts=3000)
    revision = revision_of(home)

    with hired(1) as [worker]:
        worker.tell([{"do": "switch halfway", "appliance_id": heater.pk}])
        assert worker.hear() == "halfway"
        worker.kill()

    turn_on(oven)
    assert (load_of(home), revision_of(home)) == (3000, revision + 1)
    assert list(Appliance.objects.filter(home=home).switched_on()) == [oven]
    assert verifying.differences() == []
