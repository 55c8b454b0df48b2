"""Homes, circuits and appliances for tests, made the way the product makes them: through the services."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import wraps
from hashlib import sha256
from itertools import count
from secrets import token_bytes
from typing import Any, ParamSpec, TypeVar

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from appliances.models import Appliance, Circuit, Home, TemporaryLimit, Token, User, Wall
from appliances.models.membership import Membership, Role
from appliances.models.token import Scope
from appliances.services import (
    actor,
    appliance,
    circuit,
    confirming,
    home,
    installer,
    limits,
    people,
    switching,
    tokens,
    walls,
)

P = ParamSpec("P")
T = TypeVar("T")

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
_numbers = count(1)


class _Here(threading.local):
    is_right = False


_here = _Here()


def right(build: Callable[P, T]) -> Callable[P, T]:
    """What is built here is right: to have the database asked whether was a sixth of a test's time. Its constraints and
    the interlock look at it all the same."""

    @wraps(build)
    def built(*args: P.args, **kwargs: P.kwargs) -> T:
        before, _here.is_right = _here.is_right, True
        try:
            return build(*args, **kwargs)
        finally:
            _here.is_right = before

    return built


def _unless_right(clean: Callable[..., None]) -> Callable[..., None]:
    return lambda *row, **more: None if _here.is_right else clean(*row, **more)


for _service in (appliance, circuit, home, limits):
    _checking: Any = _service
    _checking.clean = _unless_right(_checking.clean)


def a_person(name: str = "", *, home: Home | None = None, role: str = Role.OWNER, **fields: object) -> User:
    user = User.objects.create_user(name or f"person{next(_numbers)}", password="correct horse battery", **fields)
    if home is not None:
        Membership.objects.create(user=user, home=home, role=role)
    return user


def a_token(
    user: User, name: str = "test", *, scope: str = Scope.ADMIN, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """The row and the text."""
    return tokens.make(user=user, name=name, scope=scope, by=actor.SYSTEM, now=timezone.now(), expires_at=expires_at)


def a_wall_to_be(of: Home, name: str = "Hallway", *, is_read_only: bool = False) -> tuple[Wall, str]:
    """The row and the text of its link."""
    _changed, row, text = walls.add(
        home_id=of.pk, name=name, is_read_only=is_read_only, by=actor.SYSTEM, now=timezone.now()
    )
    return row, text


def a_wall(of: Home, name: str = "Hallway", *, is_read_only: bool = False) -> tuple[Wall, str]:
    """The row and the secret that its screen holds."""
    _row, text = a_wall_to_be(of, name, is_read_only=is_read_only)
    return walls.link(text=text, now=timezone.now())


def confirm(client: Client, user: User) -> None:
    """They have just given their password again."""
    session = client.session
    session[confirming.RECORDS] = [{"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}]
    session[confirming.OF_USER] = str(user.pk)
    session.save()


def a_passkey(user: User, name: str = "Phone") -> Authenticator:
    """As a device registers one: a key of its own, attested by nobody."""
    public = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid.NONE, (key := token_bytes(16)), public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    at = AuthenticatorData.create(sha256(b"testserver").digest(), flags, 0, held)
    said = CollectedClientData.create("webauthn.create", b"challenge", "http://testserver")
    response = {
        "clientDataJSON": websafe_encode(said),
        "attestationObject": websafe_encode(AttestationObject.create("none", at, {})),
    }
    credential = {"id": websafe_encode(key), "rawId": websafe_encode(key), "response": response, "type": "public-key"}
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": credential})


def an_invitation(of: Home, name: str = "Bob", *, role: str = Role.GUEST, days: float = 7) -> str:
    """The text of its link."""
    lasts, now = timedelta(days=days), timezone.now()
    return people.invite(home_id=of.pk, name=name, role=role, lasts=lasts, by=actor.SYSTEM, now=now)[2]


def an_installer_code(of: Home, code: str = "red screwdriver") -> str:
    installer.change(home_id=of.pk, code=code, by=actor.SYSTEM, now=timezone.now())
    return code


@right
def a_home(name: str = "", *, limit_watts: object = 5000, owner: User | None = None) -> Home:
    wanted = {"name": name or f"Home {next(_numbers)}", "limit": Decimal(str(limit_watts))}
    made = home.add(wanted=wanted, owner=owner, by=actor.SYSTEM, now=NOW)
    return Home.objects.get(pk=made.home_id)


def main_of(of: Home) -> Circuit:
    return Circuit.objects.get(home=of, parent=None)


@right
def a_circuit(of: Home, name: str = "", *, limit_watts: object = 3000, fed_from: Circuit | None = None) -> Circuit:
    wanted = {
        "name": name or f"Circuit {next(_numbers)}",
        "limit": Decimal(str(limit_watts)),
        "parent_id": (fed_from or main_of(of)).pk,
    }
    made = circuit.add(home_id=of.pk, wanted=wanted, by=actor.SYSTEM, now=NOW)
    return Circuit.objects.get(pk=made.subject_id)


@right
def a_limit(
    of: Home,
    watts: object = 4000,
    *,
    at: Circuit | None = None,
    source: str = "grid",
    in_hours: float = 0,
    hours: float = 2,
) -> TemporaryLimit:
    """A temporary one, by the real clock: pages are looked at now."""
    now = timezone.now()
    starts_at = now + timedelta(hours=in_hours)
    wanted = {
        "circuit_id": (at or main_of(of)).pk,
        "limit": Decimal(str(watts)),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "source": source,
    }
    made = limits.add(home_id=of.pk, wanted=wanted, by=actor.SYSTEM, now=now)
    return TemporaryLimit.objects.get(pk=made.subject_id)


@right
def an_appliance(
    of: Home,
    name: str = "",
    *,
    watts: object = 1000,
    at: Circuit | None = None,
    on: bool = False,
    priority: int = 5,
    kind: str = "other",
) -> Appliance:
    wanted = {
        "name": name or f"Appliance {next(_numbers)}",
        "rated": Decimal(str(watts)),
        "circuit_id": (at or main_of(of)).pk,
        "priority": priority,
        "kind": kind,
    }
    made = appliance.add(home_id=of.pk, wanted=wanted, by=actor.SYSTEM, now=NOW)
    assert made.subject_id is not None
    if on:
        switching.switch(appliance_id=made.subject_id, on=True, by=actor.SYSTEM, now=NOW)
    return Appliance.objects.get(pk=made.subject_id)


def turn_on(row: Appliance) -> None:
    switching.switch(appliance_id=row.pk, on=True, by=actor.SYSTEM, now=NOW)


def turn_off(row: Appliance) -> None:
    switching.switch(appliance_id=row.pk, on=False, by=actor.SYSTEM, now=NOW)
