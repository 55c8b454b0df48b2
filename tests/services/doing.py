"""Short words for what people and VoltSafe do in a home, for tests on a clock of their own."""

from decimal import Decimal
from typing import Any

from appliances.models import Appliance, Decision, Home, TemporaryLimit
from appliances.models.decision import Action, Outcome
from appliances.services import actor, appliance, controlling, limits, switching
from tests.services.clock import Clock


def arm(home: Home, clock: Clock, mode: str = "armed") -> None:
    controlling.set_mode(home_id=home.pk, mode=mode, by=actor.SYSTEM, now=clock.now)


def rules(row: Appliance, clock: Clock, **wanted: Any) -> Appliance:
    appliance.change(appliance_id=row.pk, wanted=wanted, by=actor.SYSTEM, now=clock.now)
    return row


def switch(row: Appliance, clock: Clock, *, on: bool) -> None:
    switching.switch(appliance_id=row.pk, on=on, by=actor.SYSTEM, now=clock.now)


def limit(
    home: Home, clock: Clock, watts: int, *, after: float = 0, lasts: float = 3600, **more: Any
) -> TemporaryLimit:
    wanted = {"limit": Decimal(watts), "starts_at": clock.at(after), "ends_at": clock.at(after + lasts), **more}
    made = limits.add(home_id=home.pk, wanted=wanted, by=actor.SYSTEM, now=clock.now)
    return TemporaryLimit.objects.get(pk=made.subject_id)


def is_on(row: Appliance) -> bool:
    return Appliance.objects.get(pk=row.pk).is_on


def done(home: Home, *, outcome: str = Outcome.GRANTED) -> list[tuple[str, str]]:
    """What VoltSafe did by itself, in order."""
    rows = Decision.objects.filter(home=home, outcome=outcome, actor="system").order_by("revision")
    own = {Action.SHED, Action.RESTORE, Action.START, Action.TOO_LONG, Action.EXPIRE_WAIT, Action.EXPIRE_SHED}
    own |= {Action.NEEDS_PERSON, Action.NEEDS_NOBODY, Action.HOLD_RETURNS, Action.END_LIMIT, Action.BEGIN_LIMIT}
    return [(row.action, row.subject_name) for row in rows if row.action in own]
