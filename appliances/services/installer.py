"""The installer code: a home that has one asks for it before a limit is raised or circuits are changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from appliances.models import Home
from appliances.models.decision import Action, Actor, Outcome
from appliances.services import confirming, throttle, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Changed, Refused
from appliances.services.throttle import CODE, Try
from appliances.services.turn import Turn

SHORTEST, LONGEST = 6, 128


class InstallerCodeNeeded(Exception):
    """The home asks for its installer code for this. Nothing was changed."""


def take(*, home_id: int, by: By, now: datetime, body: Callable[[Turn], int | None]) -> Changed:
    """As `turn.take`, for a body that may `require` the code. Raises Throttled besides; a wrong code is Refused.

    The code is looked at before the home is locked: that takes its time, on purpose.
    """
    return turn.take(home_id=home_id, by=_looked_at(home_id, by, now), now=now, body=body)


def require(here: Turn) -> None:
    """Inside a turn. Raises InstallerCodeNeeded where the home has a code that was not given."""
    if here.home.installer_code and here.by.kind != Actor.SYSTEM and not here.by.has_installer_code:
        raise InstallerCodeNeeded("This home asks for its installer code for that.")


def change(*, home_id: int, code: str, by: By, now: datetime) -> Changed:
    """Set the code, or with "" ask for none any more; where there is one it must be given (`by.installer_code`).

    Raises Invalid, ConfirmFirst, InstallerCodeNeeded, Refused, Throttled, Missing, Busy.
    """
    confirming.require(by)
    if code and not SHORTEST <= len(code) <= LONGEST:
        raise Invalid({"code": [_("Take %(least)d to %(most)d characters.") % {"least": SHORTEST, "most": LONGEST}]})
    kept = make_password(code) if code else ""

    def body(here: Turn) -> int:
        require(here)
        had = bool(here.home.installer_code)
        if had or code:
            Home.objects.filter(pk=home_id).update(installer_code=kept)
            here.record(Action.CHANGE_CODE, here.home, facts={"changes": {"installer_code": [had, bool(code)]}})
        return home_id

    return take(home_id=home_id, by=by, now=now, body=body)


def is_wrong_code(why: Refused) -> bool:
    """It was no limit that said no, but the code."""
    return why.decision.action == Action.GIVE_CODE


def _looked_at(home_id: int, by: By, now: datetime) -> By:
    kept = Home.objects.filter(pk=home_id).values_list("installer_code", flat=True).first() or ""
    if not kept or not by.installer_code or by.kind == Actor.SYSTEM:
        return by
    tries = [Try(CODE, f"{home_id} {by.kind} {by.id}")]
    throttle.take(tries, now)
    if not check_password(by.installer_code, kept):
        _refuse(home_id, by, now)
    throttle.succeeded(tries)
    return replace(by, installer_code="", has_installer_code=True)


def _refuse(home_id: int, by: By, now: datetime) -> None:
    """Put the wrong code on record, which raises Refused."""

    def body(here: Turn) -> int:
        here.record(Action.GIVE_CODE, here.home, outcome=Outcome.REFUSED)
        return home_id

    turn.take(home_id=home_id, by=replace(by, dry_run=False, key=None), now=now, body=body)
