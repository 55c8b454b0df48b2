"""What an address may need of whoever asks, and what each asker gets there by the policy: GRANTS and SCOPES alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from appliances.models.membership import Role
from appliances.services.access import EVERYTHING, GRANTS, SCOPES, May

YES, NO, NOT_THERE, SIGN_IN = "yes", "no", "not there", "sign in"

SESSION, BEARER, SCREEN = "session", "bearer", "screen"


@dataclass(frozen=True)
class Asker:
    """`role` is the one in the home that is walked; a screen on its wall looks or switches like one of that role."""

    name: str
    carries: str = ""
    role: str = ""
    scope: str = ""
    is_staff: bool = False
    is_superuser: bool = False

    @property
    def at_most(self) -> frozenset[May]:
        return SCOPES[self.scope] if self.scope else EVERYTHING

    def may(self, capability: May) -> str:
        if not self.role:
            return NOT_THERE
        return YES if capability in GRANTS[self.role] & self.at_most else NO


ASKERS = (
    Asker("nobody"),
    Asker("stranger", SESSION),
    Asker("viewer", SESSION, Role.VIEWER),
    Asker("guest", SESSION, Role.GUEST),
    Asker("member", SESSION, Role.MEMBER),
    Asker("owner", SESSION, Role.OWNER),
    Asker("staff", SESSION, is_staff=True),
    Asker("superuser", SESSION, is_staff=True, is_superuser=True),
    Asker("token: read", BEARER, Role.OWNER, "read"),
    Asker("token: switch", BEARER, Role.OWNER, "switch"),
    Asker("token: admin", BEARER, Role.OWNER, "admin"),
    Asker("wall", SCREEN, Role.GUEST),
    Asker("wall, looks only", SCREEN, Role.VIEWER),
)
"""The tokens are the owner's; staff and superuser belong to no home, the stranger to another."""


class Need:
    """Who gets in. `words` stand in the table."""

    words = ""
    carried: frozenset[str] = frozenset({SESSION})
    """By what one is known at such an address; whoever carries something else is asked to sign in."""

    def of(self, asker: Asker) -> str:
        return self.judged(asker) if asker.carries in self.carried else SIGN_IN

    def judged(self, asker: Asker) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Everyone(Need):
    words: str = "nothing"
    gets: str = YES

    def of(self, asker: Asker) -> str:
        return self.gets


@dataclass(frozen=True)
class SignedIn(Need):
    """And, of a token, a scope."""

    scope: May = May.LOOK
    carried: frozenset[str] = frozenset({SESSION})

    @property
    def words(self) -> str:  # type: ignore[override]
        return "an account" if self.scope is May.LOOK else f"an account, scope: {self.scope}"

    def judged(self, asker: Asker) -> str:
        return YES if self.scope in asker.at_most else NO


@dataclass(frozen=True)
class Own(Need):
    """What stands there is the owner's alone, as of one's own; others are told that it is not there."""

    words: str = "to be whose it is"

    def judged(self, asker: Asker) -> str:
        return YES if asker.role == Role.OWNER else NOT_THERE


@dataclass(frozen=True)
class InHome(Need):
    capability: May
    carried: frozenset[str] = frozenset({SESSION})

    @property
    def words(self) -> str:  # type: ignore[override]
        return str(self.capability.value)

    def judged(self, asker: Asker) -> str:
        return asker.may(self.capability)


@dataclass(frozen=True)
class Staff(Need):
    words: str = "staff"

    def judged(self, asker: Asker) -> str:
        return YES if asker.is_staff else NO


@dataclass(frozen=True)
class Superuser(Need):
    """Or staff with the permission, which the one in the table has not."""

    else_staff: str = NO
    words: str = "staff, permission"

    def judged(self, asker: Asker) -> str:
        if asker.is_superuser:
            return YES
        return self.else_staff if asker.is_staff else NO


@dataclass(frozen=True)
class Nowhere(Need):
    """Refused even to a superuser, as a record is not added to by hand; or, `at_all`, nothing but a way to nothing."""

    at_all: bool = False
    words: str = "(never)"

    def judged(self, asker: Asker) -> str:
        return NOT_THERE if self.at_all and asker.is_staff else NO


@dataclass(frozen=True)
class Figures(Need):
    words: str = "staff, or a token of staff"

    def of(self, asker: Asker) -> str:
        return YES if asker.is_staff else SIGN_IN


@dataclass(frozen=True)
class Door:
    """One address: what its methods need, and what is sent there so that it succeeds."""

    needs: Mapping[str, Need]
    sends: Mapping[str, Any] = field(default_factory=dict)
