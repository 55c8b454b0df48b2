"""The control: without the lock the race happens, every time, and what guards against it is seen to do so.

Two appliances of 3000 W, 5000 W of supply, and two who have both looked before either of them switches.
"""

import threading
from functools import partial

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum

from appliances.interlock import guard
from appliances.models import Appliance, Circuit, Home
from appliances.models.decision import Outcome
from appliances.services import switching, verifying
from tests.builders import a_home, an_appliance
from tests.races.crowd import at_once, decided
from tests.services.asking import BY
from tests.services.rows import load_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> Home:
    home = a_home("Flat", limit_watts=5000)
    an_appliance(home, "Oven", watts=3000)
    an_appliance(home, "Boiler", watts=3000)
    return home


def appliances_of(home: Home) -> list[Appliance]:
    return list(Appliance.objects.filter(home=home))


def watts_on(home: Home) -> int:
    return Appliance.objects.filter(home=home).switched_on().aggregate(watts=Sum("rated"))["watts"] or 0


def look_then_switch(row: Appliance, both_have_looked: threading.Barrier) -> str:
    """As anybody would write it first: read, decide, write."""
    limit = Circuit.objects.get(home=row.home).limit
    load = watts_on(row.home)
    both_have_looked.wait(30)
    if load + row.rated > limit:
        return "refused"
    try:
        Appliance.objects.filter(pk=row.pk).update(is_on=True)
    except IntegrityError as why:
        return "stopped by the interlock" if guard.is_interlock_error(why) else repr(why)
    return "granted"


def test_without_lock_and_interlock_both_are_granted_and_the_supply_is_overloaded(home: Home) -> None:
    guard.remove(connection)
    both_have_looked = threading.Barrier(2)

    answers = at_once([partial(look_then_switch, row, both_have_looked) for row in appliances_of(home)])

    assert answers == ["granted", "granted"]
    assert watts_on(home) == 6000
    assert "flat: Main carries 6000 W, over its limit of 5000 W" in verifying.differences()


def test_with_the_interlock_the_database_stops_one_of_them(home: Home) -> None:
    both_have_looked = threading.Barrier(2)

    answers = at_once([partial(look_then_switch, row, both_have_looked) for row in appliances_of(home)])

    assert sorted(answers) == ["granted", "stopped by the interlock"]
    assert watts_on(home) == load_of(home) == 3000


def test_with_the_lock_one_of_them_is_refused_and_told_why(home: Home) -> None:
    asks = [partial(switching.switch, appliance_id=row.pk, on=True, **BY) for row in appliances_of(home)]

    answers = [answer for answer in at_once([partial(decided, ask) for ask in asks]) if answer]

    assert sorted(answer.outcome for answer in answers) == [Outcome.GRANTED, Outcome.REFUSED]
    assert [answer.exceeded_by for answer in answers if answer.outcome == Outcome.REFUSED] == [1000]
    assert load_of(home) == 3000
    assert verifying.differences() == []
