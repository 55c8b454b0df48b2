"""Letting people into homes, and never the last owner out."""

from datetime import datetime

from django.utils.translation import gettext as _

from appliances.models import Home, Membership, User
from appliances.models.decision import Action
from appliances.models.membership import Role
from appliances.services import turn
from appliances.services.actor import By
from appliances.services.cleaning import clean
from appliances.services.outcome import Missing
from appliances.services.turn import Turn


class LastOwner(Exception):
    """It would leave a home without an owner; the text says which."""


def let_in(*, user: User, slug: str, role: str = Role.OWNER, by: By, now: datetime) -> bool:
    """Make the person a member, if they are not one; tells whether that changed anything. Raises Busy."""
    home_id = Home.objects.get(slug=slug).pk

    def body(here: Turn) -> int:
        if not Membership.objects.filter(home=here.home, user=user).exists():
            put(here, user, role)
        return user.pk

    return turn.take(home_id=home_id, by=by, now=now, body=body).decision is not None


def put(here: Turn, user: User, role: str, **facts: str) -> int:
    """Inside a turn. Raises Invalid where they belong to the home already."""
    row = Membership(home=here.home, user=user, role=role)
    clean(row)
    row.save(force_insert=True)
    here.record(Action.JOIN, user, facts={"role": role, **facts})
    return user.pk


def leave_every_home(user: User, *, by: By, now: datetime) -> None:
    """Before an account is removed, inside the transaction that does it: each home tells it. Raises LastOwner."""
    # In the order of homes, so that two who go wait for each other and never block each other.
    for row in Membership.objects.filter(user=user).order_by("home_id"):
        try:
            here = turn.begun(row.home_id, by, now)
        except Missing:  # somebody has just removed the home, and the membership with it
            continue
        keep_an_owner(without=row)
        here.record(Action.REMOVE_MEMBER, user, facts={"role": row.role, "account": "removed"})
        row.delete()
        turn.publish_once_committed(here.changed(user.pk), by=by)


def keep_an_owner(*, without: Membership) -> None:
    """Raise LastOwner unless the home keeps another owner who may sign in; inside the transaction that takes this away.

    The home is held until then, so that two owners cannot each go because the other stays.
    """
    home = Home.objects.select_for_update(no_key=True).filter(pk=without.home_id).first()
    if home is None:  # somebody has just removed it, and all its memberships
        return
    owners = Membership.objects.filter(home=home, role=Role.OWNER)
    if not owners.filter(pk=without.pk).exists():
        return
    if not owners.exclude(pk=without.pk).filter(user__is_active=True).exists():
        raise LastOwner(_("%s would be left without an owner. Make someone else its owner first.") % home)
