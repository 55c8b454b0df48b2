"""Every scope on every operation of the OpenAPI document, held by every role: never more than either allows."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appliances.api import document
from appliances.models import Decision, Token, User
from appliances.models.membership import Role
from appliances.models.token import Scope
from appliances.services import actor, tokens
from appliances.services.access import GRANTS, May
from tests.access_matrix.declared import API, BODIES
from tests.api.conftest import Caller, Flat, code_of
from tests.api.test_access import ALL, addresses
from tests.builders import a_person, a_token

__all__ = ["addresses"]

SWITCHES = {"switch_appliance", "swap_appliances", "wait_for_room", "cancel_wait"}
ASKS = document.CHANGE_NOTHING
"""A POST that only asks: what it is about does not fit into an address."""
LAST = ("remove_appliance", "remove_circuit", "remove_limit")
REACHES: dict[str, set[str]] = {
    Scope.READ: {name for name, method, _path in ALL if method == "get"} | ASKS,
    Scope.SWITCH: {name for name, method, _path in ALL if method == "get"} | ASKS | SWITCHES,
    Scope.ADMIN: {name for name, _method, _path in ALL},
}
"""Written from the methods and names of the document, beside the policy that is tested."""


def caller(user: User, scope: str) -> Caller:
    found = Caller()
    found.defaults["HTTP_AUTHORIZATION"] = f"Bearer {a_token(user, scope=scope)[1]}"
    return found


def may(role: Role, name: str) -> bool:
    needed: May | None = API[name]
    return needed is None or needed in GRANTS[role]


@pytest.mark.parametrize("role", Role, ids=str)
@pytest.mark.parametrize("scope", Scope, ids=str)
def test_a_token_does_what_its_scope_and_its_persons_role_both_allow(
    addresses: dict[str, str], flat: Flat, scope: str, role: Role
) -> None:
    asks = caller(a_person(home=flat.home, role=role), scope)

    for name, method, _path in sorted(ALL, key=lambda one: (one[0] in LAST, one[0] != "change_order")):
        answer = asks.ask(method, addresses[name], BODIES.get(name))
        if name in REACHES[scope] and may(role, name):
            assert answer.status_code in {200, 201, 204}, (name, answer.content)
        else:
            assert answer.status_code == 403, (name, answer.content)
            assert code_of(answer) == "forbidden"


@pytest.mark.parametrize("scope", [Scope.READ, Scope.SWITCH], ids=str)
def test_what_a_scope_does_not_reach_is_not_even_rehearsed(addresses: dict[str, str], flat: Flat, scope: str) -> None:
    asks, before = caller(flat.owner, scope), Decision.objects.count()

    for name, method, _path in ALL:
        if name not in REACHES[scope]:
            answer = asks.ask(method, f"{addresses[name]}?dry_run=true", BODIES.get(name))
            assert code_of(answer) == "forbidden", name

    assert Decision.objects.count() == before


def of_one_expired(user: User) -> str:
    row, text = a_token(user, expires_at=timezone.now() + timedelta(hours=1))
    Token.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    return text


def of_one_revoked(user: User) -> str:
    row, text = a_token(user)
    tokens.revoke(token_id=row.pk, by=actor.SYSTEM, now=timezone.now())
    return text


@pytest.mark.parametrize("text_of", [of_one_expired, of_one_revoked])
def test_an_expired_or_revoked_one_does_nothing(addresses: dict[str, str], flat: Flat, text_of: Any) -> None:
    asks = Caller()
    asks.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text_of(flat.owner)}"

    for name, method, _path in ALL:
        answer = asks.ask(method, addresses[name], BODIES.get(name))
        assert code_of(answer) == "not_signed_in", name


def test_a_scope_that_is_none_of_ours_may_nothing(addresses: dict[str, str], flat: Flat) -> None:
    asks = caller(flat.owner, Scope.ADMIN)
    Token.objects.update(scope="root")

    for name, method, _path in ALL:
        assert asks.ask(method, addresses[name], BODIES.get(name)).status_code == 403, name


def test_a_token_makes_no_token(flat: Flat) -> None:
    asks = caller(flat.owner, Scope.ADMIN)

    answer = asks.post("/account/tokens/", {"name": "More", "scope": "admin", "lasts": "0"})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")
    assert Token.objects.count() == 1
