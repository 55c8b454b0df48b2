"""The waitlist: a switch-on that does not fit now starts when there is room."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from appliances.balancer import fit, resting, units
from appliances.models import Appliance, Wait
from appliances.models.decision import Action
from appliances.services import claims, switching, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Changed
from appliances.services.turn import Turn

USUAL = timedelta(hours=4)
LONGEST = timedelta(days=7)


def ask(
    *, appliance_id: int, by: By, now: datetime, expires_at: datetime | None = None, home_id: int | None = None
) -> Changed:
    """Start it when there is room: at once where there is, otherwise it waits until `expires_at`.

    Succeeds without a record if it is on or waits already. Raises Invalid where it could never fit, Missing, Busy.
    """
    until = now + USUAL if expires_at is None else expires_at
    if not now < until <= now + LONGEST:
        raise Invalid({"expires_at": [_("Choose a moment within the next seven days.")]})

    def body(here: Turn) -> int:
        row = here.appliance(appliance_id)
        if row.is_on or claims.waiting(row):
            return row.pk
        if _fits_now(here, row):
            switching.set_state(here, row, on=True)
            return row.pk
        _check_possible(here, row)
        claims.give_up(row)
        Wait.objects.create(home=here.home, appliance=row, asked_at=now, expires_at=until, asked_by=by.name)
        short_mw, at = fit.short_by_mw(here.tree, row.pk)
        facts = {
            "expires_at": here.local(until),
            "short_by": str(units.to_watts(short_mw)),
            "at": at.name if at else "",
        }
        here.record(Action.WAIT, row, facts=facts)
        here.appliances.add(row.pk)
        return row.pk

    return turn.take(home_id=home_id or switching.home_of(appliance_id), by=by, now=now, body=body)


def cancel(*, appliance_id: int, by: By, now: datetime, home_id: int | None = None) -> Changed:
    """Let it wait no longer; succeeds without a record if it does not. Raises Missing, Busy."""

    def body(here: Turn) -> int:
        row = here.appliance(appliance_id)
        if claims.waiting(row):
            end(here, row, Action.CANCEL_WAIT)
        return row.pk

    return turn.take(home_id=home_id or switching.home_of(appliance_id), by=by, now=now, body=body)


def end(here: Turn, row: Appliance, action: Action) -> None:
    """The step inside a turn: cancelled or expired."""
    Wait.objects.filter(appliance=row).delete()
    here.record(action, row)
    here.appliances.add(row.pk)


def _fits_now(here: Turn, row: Appliance) -> bool:
    rests = resting.rests_until(here.tree.load(row.pk), here.now)
    return rests is None and not fit.short_by_mw(here.tree, row.pk)[0]


def _check_possible(here: Turn, row: Appliance) -> None:
    """Nothing waits for what cannot happen: with everything else off its breakers must carry it."""
    for breaker in here.tree.path(row.circuit_id):
        own_mw = breaker.limit_mw if breaker.own_limit_mw is None else breaker.own_limit_mw
        if units.to_mw(row.rated) > own_mw:
            text = _("It can never start: %(circuit)s carries at most %(limit)s W.")
            raise Invalid({"appliance": [text % {"circuit": breaker.name, "limit": units.to_watts(own_mw)}]})
