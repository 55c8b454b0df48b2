"""Letting people into homes, and never the last owner out."""

from django.utils.translation import gettext as _

from appliances.models import Home, Membership, User
from appliances.models.membership import Role


class LastOwner(Exception):
    """It would leave a home without an owner; the text says which."""


def let_in(*, user: User, slug: str, role: str = Role.OWNER) -> bool:
    """Make the person a member, if they are not one; tells whether that changed anything."""
    home = Home.objects.get(slug=slug)
    _row, made = Membership.objects.get_or_create(user=user, home=home, defaults={"role": role})
    return made


def keep_an_owner(*, without: Membership) -> None:
    """Raise LastOwner unless the home keeps another owner who may sign in; inside the transaction that takes this away.

    The home is held until then, so that two owners cannot each go because the other stays.
    """
    home = Home.objects.select_for_update(no_key=True).get(pk=without.home_id)
    owners = Membership.objects.filter(home=home, role=Role.OWNER)
    if not owners.filter(pk=without.pk).exists():
        return
    if not owners.exclude(pk=without.pk).filter(user__is_active=True).exists():
        raise LastOwner(_("%s would be left without an owner. Make someone else its owner first.") % home)
