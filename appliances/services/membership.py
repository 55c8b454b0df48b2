"""Letting people into homes."""

from appliances.models import Home, Membership, User
from appliances.models.membership import Role


def let_in(*, user: User, slug: str, role: str = Role.OWNER) -> bool:
    """Make the person a member, if they are not one; tells whether that changed anything."""
    home = Home.objects.get(slug=slug)
    _row, made = Membership.objects.get_or_create(user=user, home=home, defaults={"role": role})
    return made
