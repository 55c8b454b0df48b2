"""A day in the sample flat, on a clock that needs no sleep: what the household and VoltSafe do, hour by hour."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from appliances.models import Appliance, Circuit, Controller, Decision, Home, Shed, Wait
from appliances.models.decision import Action
from appliances.presentation import wording
from appliances.services import (
    actor,
    controlling,
    home,
    limits,
    sample_home,
    switching,
    tending,
    verifying,
    waiting,
)
from appliances.services.outcome import Refused

pytestmark = pytest.mark.django_db(transaction=True)

MORNING = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


class Household:
    def __init__(self) -> None:
        self.now = MORNING
        sample_home.add(by=actor.SYSTEM, now=self.now)
        self.home = Home.objects.get(slug=sample_home.SLUG)

    @property
    def asked(self) -> dict[str, Any]:
        return {"by": actor.SYSTEM, "now": self.now}

    def until(self, clock: str) -> None:
        """Let the controller tick every minute until then."""
        hour, minute = map(int, clock.split(":"))
        end = self.now.replace(hour=hour, minute=minute, second=0)
        while self.now < end:
            self.now += timedelta(minutes=1)
            tending.tick(self.now)
            self.nothing_is_over_its_breaker()

    def nothing_is_over_its_breaker(self) -> None:
        for row in Circuit.objects.filter(home=self.home):
            assert row.load <= row.limit, row.name

    def of(self, name: str) -> Appliance:
        return Appliance.objects.get(home=self.home, name=name)

    def switch(self, name: str, *, on: bool) -> None:
        switching.switch(appliance_id=self.of(name).pk, on=on, **self.asked)

    def ask_for(self, name: str) -> None:
        waiting.ask(appliance_id=self.of(name).pk, **self.asked)

    def on(self) -> set[str]:
        return set(Appliance.objects.filter(home=self.home, is_on=True).values_list("name", flat=True))

    def told(self, action: str, name: str) -> str:
        return wording.decision(Decision.objects.filter(action=action, subject_name=name).latest("id"))


ALWAYS = {"Fridge", "Router", "Lights", "Television"}


def test_a_day_in_the_house() -> None:
    house = Household()
    controlling.set_mode(home_id=house.home.pk, mode="armed", **house.asked)
    assert house.on() == {*ALWAYS, "Space heater"}

    # Breakfast: the kettle goes, and the coffee machine waits behind it on the worktop's breaker.
    house.until("07:00")
    house.switch("Kettle", on=True)
    with pytest.raises(Refused):
        house.switch("Coffee machine", on=True)
    house.ask_for("Coffee machine")
    house.until("07:04")
    assert "Coffee machine" not in house.on()
    house.switch("Kettle", on=False)
    house.until("07:05")
    assert "Coffee machine" in house.on()
    assert house.told(Action.START, "Coffee machine").endswith("it waited, and there is room.")
    house.switch("Coffee machine", on=False)

    # The iron is forgotten; after an hour it goes off, and nothing switches it on again.
    house.until("08:00")
    house.switch("Space heater", on=False)
    house.switch("Iron", on=True)
    house.until("09:30")
    assert "Iron" not in house.on()
    assert "on for 1 h" in house.told(Action.TOO_LONG, "Iron")
    house.switch("Space heater", on=True)

    # Noon: the oven is on. The grid asks for 4.2 kW from half past twelve: it fits. Then for 3 kW: the heater goes.
    house.until("12:00")
    house.switch("Oven", on=True)
    grid = {"source": "grid", "limit": Decimal(3000)}
    grid |= {"starts_at": house.now + timedelta(minutes=30), "ends_at": house.now + timedelta(hours=2)}
    limits.add(home_id=house.home.pk, wanted=grid, **house.asked)
    milder = {**grid, "limit": Decimal(4200), "ends_at": house.now + timedelta(hours=3)}
    limits.add(home_id=house.home.pk, wanted=milder, **house.asked)
    house.until("12:29")
    assert house.on() == {*ALWAYS, "Space heater", "Oven"}
    house.until("12:31")
    assert house.on() == {*ALWAYS, "Oven"}
    said = house.told(Action.SHED, "Space heater")
    assert "grid limit, 3\u202f000\u202fW until 14:00" in said
    assert "comes back when 1\u202f700\u202fW is free for 5 min" in said

    # While it is shed, somebody asks for the dishwasher: less important than nothing shed, it waits behind the heater.
    house.ask_for("Dishwasher")
    house.until("13:30")
    assert "Dishwasher" not in house.on()
    house.switch("Oven", on=False)
    house.until("13:31")
    assert "Dishwasher" in house.on()
    house.until("13:45")
    assert "Space heater" not in house.on()

    # The limit ends at two; the milder one holds until three, and the heater comes back under it.
    house.until("14:04")
    assert "Space heater" not in house.on()
    house.until("14:06")
    assert "Space heater" in house.on()
    assert house.told(Action.RESTORE, "Space heater").endswith("there is room.")

    # Evening: a generator of 1.5 kW. What may be shed is not enough, so a person is called; she sees to it.
    house.until("18:00")
    generator = {"source": "generator", "limit": Decimal(1500), "ends_at": house.now + timedelta(hours=1)}
    limits.add(home_id=house.home.pk, wanted=generator, **house.asked)
    house.until("18:01")
    assert house.on() == {*ALWAYS, "Dishwasher"}
    assert "needs a person" in house.told(Action.NEEDS_PERSON, "Main")
    house.switch("Dishwasher", on=False)
    house.until("18:02")
    assert Decision.objects.filter(action=Action.NEEDS_NOBODY).exists()

    # She does not want the heater tonight: off by hand while it is shed, it stays off.
    house.switch("Space heater", on=False)
    house.until("23:00")
    assert house.on() == ALWAYS
    assert not Wait.objects.exists()
    assert not Shed.objects.exists()
    assert Controller.objects.get().watching.get("needs") == {}
    assert verifying.differences() == []
    home.remove(home_id=house.home.pk, **house.asked)
