"""Off, observing or armed: what the controller of a home may do. Changing it switches nothing."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from appliances.models import Controller, Decision, Home
from appliances.models.controller import Mode
from appliances.models.decision import Action, Outcome
from appliances.services import turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Changed
from appliances.services.turn import Turn


def of(home: Home) -> Controller:
    """A home without one has one that is off."""
    return Controller.objects.filter(home=home).first() or Controller(home=home)


def known(home: Home) -> Controller:
    """The same of a home that was read with its controller."""
    return getattr(home, "controller", None) or Controller(home=home)


def would_have_acted(home: Home, now: datetime) -> int:
    """How often an armed controller would have acted in the last seven days."""
    week = Decision.objects.filter(home=home, outcome=Outcome.OBSERVED, at__gt=now - timedelta(days=7), at__lte=now)
    return week.count()


def set_mode(*, home_id: int, mode: str, by: By, now: datetime) -> Changed:
    """Raises Invalid, Missing, Busy."""
    if mode not in Mode.values:
        raise Invalid({"mode": [_("Choose off, observing or armed.")]})

    def body(here: Turn) -> int:
        row = of(here.home)
        if row.mode == mode:
            return home_id
        before, row.mode = row.mode, mode
        # What was observed is observed anew, and whoever arms it has seen why returns were held.
        row.watching = {name: kept for name, kept in row.watching.items() if name == "needs"}
        row.returns_held_until = None
        row.save()
        here.record(Action.CHANGE_CONTROLLER, here.home, facts={"changes": {"mode": [before, mode]}})
        return home_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)
