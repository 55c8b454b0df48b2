"""A home keeps someone who may do everything in it."""

from django.utils.translation import gettext as _

from appliances.models import Home, Membership
from appliances.models.membership import Role


class LastOwner(Exception):
    """It would leave a home without an owner; the text says which."""


def check(of: Membership) -> None:
    """Raise LastOwner unless its home keeps another owner who may sign in; inside Django's transaction of a view.

    The home is held meanwhile, so that two owners cannot each go because the other stays.
    """
    home = Home.objects.select_for_update(no_key=True).get(pk=of.home_id)
    owners = Membership.objects.filter(home=home, role=Role.OWNER)
    if not owners.filter(pk=of.pk).exists():
        return
    if not owners.exclude(pk=of.pk).filter(user__is_active=True).exists():
        raise LastOwner(_("%s would be left without an owner. Make someone else its owner first.") % home)
