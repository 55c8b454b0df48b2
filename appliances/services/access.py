"""Who may do what in a home: the one table of roles, asked by every door. What it does not name is refused."""

from enum import StrEnum

from appliances.models import Home, Membership, User
from appliances.models.membership import Role
from appliances.services.turn import Missing


class May(StrEnum):
    LOOK = "look"
    SWITCH = "switch"
    EDIT = "edit"
    CONFIGURE = "configure"


GRANTS: dict[str, frozenset[May]] = {
    Role.OWNER: frozenset(May),
    Role.MEMBER: frozenset({May.LOOK, May.SWITCH, May.EDIT}),
    Role.GUEST: frozenset({May.LOOK, May.SWITCH}),
    Role.VIEWER: frozenset({May.LOOK}),
}
"""EDIT is appliances; CONFIGURE is circuits, limits, thresholds and the home itself."""


class Forbidden(Exception):
    """A member, but not of a role that may do this."""


def may(role: str | None, capability: May) -> bool:
    return capability in GRANTS.get(role or "", frozenset())


def role_in(*, user: User, home_id: int) -> str | None:
    return Membership.objects.filter(user=user, home_id=home_id).values_list("role", flat=True).first()


def require(*, user: User, home_id: int, capability: May) -> str:
    """The person's role, if it may; Missing for strangers (who are not told that it is there), else Forbidden."""
    role = role_in(user=user, home_id=home_id)
    if role is None:
        raise Missing("There is no such home.")
    if not may(role, capability):
        raise Forbidden("Your role in this home does not allow that.")
    return role


def home_at(*, user: User, slug: str, capability: May) -> tuple[Home, str]:
    """The home at an address and the person's role in it. Raises Missing, Forbidden."""
    home = Home.objects.filter(slug=slug).first()
    if home is None:
        raise Missing("There is no such home.")
    return home, require(user=user, home_id=home.pk, capability=capability)


def at_appliance(*, user: User, appliance_id: int, capability: May) -> tuple[Home, str]:
    """The home of an appliance and the person's role in it. Raises Missing, Forbidden."""
    member = Membership.objects.select_related("home").filter(user=user, home__appliances=appliance_id).first()
    return _let_in(member, capability, "There is no such appliance.")


def at_circuit(*, user: User, circuit_id: int, capability: May) -> tuple[Home, str]:
    """The home of a circuit and the person's role in it. Raises Missing, Forbidden."""
    member = Membership.objects.select_related("home").filter(user=user, home__circuits=circuit_id).first()
    return _let_in(member, capability, "There is no such circuit.")


def at_limit(*, user: User, limit_id: int, capability: May) -> tuple[Home, str]:
    """The home of a temporary limit and the person's role in it. Raises Missing, Forbidden."""
    member = Membership.objects.select_related("home").filter(user=user, home__temporary_limits=limit_id).first()
    return _let_in(member, capability, "There is no such temporary limit.")


def _let_in(member: Membership | None, capability: May, missing: str) -> tuple[Home, str]:
    """A stranger is told what is told of a thing that is not there."""
    if member is None:
        raise Missing(missing)
    if not may(member.role, capability):
        raise Forbidden("Your role in this home does not allow that.")
    return member.home, member.role
