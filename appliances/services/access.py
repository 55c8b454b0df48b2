"""Who may do what: the one policy, asked by every route, socket, admin page and operation of the API.

What it does not name is refused. A person may what their role in a home may; a token of theirs may what its scope
leaves of that; a screen on a wall may look at one home, or switch there.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from appliances.models import Home, Membership, Token, User, Wall
from appliances.models.membership import Role
from appliances.models.prepared import Prepared
from appliances.models.token import Scope
from appliances.services import actor
from appliances.services.actor import By
from appliances.services.outcome import Missing


class May(StrEnum):
    LOOK = "look"
    SWITCH = "switch"
    EDIT = "edit"
    CONFIGURE = "configure"
    MANAGE = "manage"


GRANTS: dict[str, frozenset[May]] = {
    Role.OWNER: frozenset(May),
    Role.MEMBER: frozenset({May.LOOK, May.SWITCH, May.EDIT}),
    Role.GUEST: frozenset({May.LOOK, May.SWITCH}),
    Role.VIEWER: frozenset({May.LOOK}),
}
"""EDIT is appliances; CONFIGURE is circuits, limits, thresholds and the home itself; MANAGE is people, walls, the
installer code and the record as a file."""

SCOPES: dict[str, frozenset[May]] = {
    Scope.READ: frozenset({May.LOOK}),
    Scope.SWITCH: frozenset({May.LOOK, May.SWITCH}),
    Scope.ADMIN: frozenset(May),
}
EVERYTHING = frozenset(May)


class Forbidden(Exception):
    """Known here, but not of a role, or with a scope, that may do this."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever stands at a door. Made by `person`, `token` and `wall`."""

    by: By
    user: User | None = None
    at_most: frozenset[May] = EVERYTHING
    wall: Wall | None = None


def person(user: User, *, confirmed: bool = False) -> Asker:
    """`confirmed`: they have shown within the last minutes that it is they."""
    return Asker(actor.person(user, confirmed=confirmed), user)


def token(row: Token) -> Asker:
    return Asker(actor.token(row), row.user, SCOPES.get(row.scope, frozenset()))


def wall(row: Wall) -> Asker:
    return Asker(actor.wall(row), wall=row)


def may(role: str | None, capability: May) -> bool:
    return capability in GRANTS.get(role or "", frozenset())


def administers(user: User | AnonymousUser) -> bool:
    """Whether the administration is open to them; what of it, is said by their permissions there."""
    return bool(user.is_authenticated and user.is_active and user.is_staff)


def sees_figures(asker: Asker) -> bool:
    """Figures of every home are nobody else's than an administrator's, by a token that may look."""
    return asker.user is not None and administers(asker.user) and May.LOOK in asker.at_most


def role_in(*, asker: Asker, home_id: int) -> str | None:
    if asker.wall is not None:
        return role_of_wall(asker.wall) if asker.wall.home_id == home_id else None
    member = _MEMBER_OF.first(asker.user.pk if asker.user else 0, home_id)
    return member.role if member else None


def role_of_wall(row: Wall) -> str:
    return Role.VIEWER if row.is_read_only else Role.GUEST


def require(*, asker: Asker, home_id: int, capability: May) -> str:
    """The asker's role, if it may; Missing for strangers (who are not told that it is there), else Forbidden."""
    return _let_in(role_in(asker=asker, home_id=home_id), asker, capability, "There is no such home.")


def require_scope(*, asker: Asker, capability: May) -> None:
    """For what is about no home yet, or about the asker: Forbidden where a token or a wall may not that much."""
    if asker.user is None or capability not in asker.at_most:
        raise Forbidden("This token may not do that.")


def home_at(*, asker: Asker, slug: str, capability: May) -> tuple[Home, str]:
    """The home at an address and the asker's role in it. Raises Missing, Forbidden."""
    return _at(asker, capability, "There is no such home.", "slug", slug)


def at_appliance(*, asker: Asker, appliance_id: int, capability: May) -> tuple[Home, str]:
    """The home of an appliance and the asker's role in it. Raises Missing, Forbidden."""
    return _at(asker, capability, "There is no such appliance.", "appliances", appliance_id)


def at_circuit(*, asker: Asker, circuit_id: int, capability: May) -> tuple[Home, str]:
    """The home of a circuit and the asker's role in it. Raises Missing, Forbidden."""
    return _at(asker, capability, "There is no such circuit.", "circuits", circuit_id)


def at_limit(*, asker: Asker, limit_id: int, capability: May) -> tuple[Home, str]:
    """The home of a temporary limit and the asker's role in it. Raises Missing, Forbidden."""
    return _at(asker, capability, "There is no such temporary limit.", "temporary_limits", limit_id)


_MEMBER_OF = Prepared[Membership](lambda user, home: Membership.objects.filter(user_id=user, home_id=home), int, int)
_WITH_HOME = Membership.objects.select_related("home")
_MEMBER = {
    "slug": Prepared[Membership](
        lambda user, slug: Membership.objects.select_related("home__controller").filter(user_id=user, home__slug=slug),
        int,
        str,
    ),
    "appliances": Prepared[Membership](lambda user, pk: _WITH_HOME.filter(user_id=user, home__appliances=pk), int, int),
    "circuits": Prepared[Membership](lambda user, pk: _WITH_HOME.filter(user_id=user, home__circuits=pk), int, int),
    "temporary_limits": Prepared[Membership](
        lambda user, pk: _WITH_HOME.filter(user_id=user, home__temporary_limits=pk), int, int
    ),
}
"""A person's membership of the home that has this."""


def _at(asker: Asker, capability: May, missing: str, name: str, pk: int | str) -> tuple[Home, str]:
    if asker.wall is not None:
        home = Home.objects.filter(**{"pk": asker.wall.home_id, name: pk}).first()
        role = role_of_wall(asker.wall)
    else:
        member = _MEMBER[name].first(asker.user.pk if asker.user else 0, pk)
        home, role = (member.home, member.role) if member else (None, "")
    if home is None:
        raise Missing(missing)
    return home, _let_in(role, asker, capability, missing)


def _let_in(role: str | None, asker: Asker, capability: May, missing: str) -> str:
    """A stranger is told what is told of a thing that is not there."""
    if role is None:
        raise Missing(missing)
    if not may(role, capability):
        raise Forbidden("Your role in this home does not allow that.")
    if capability not in asker.at_most:
        raise Forbidden("The scope of this token does not allow that.")
    return role
