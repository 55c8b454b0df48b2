"""Who may command is asked at every command: no look of the hub's, and nothing known from before, is relied on."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from appliances.live import hub
from appliances.live.carrying import Door
from appliances.models import Membership, Token, User
from appliances.models.membership import Role
from appliances.models.token import Scope
from tests.builders import a_person, a_token
from tests.live.test_json_socket import a_furnished_home, path_of
from tests.services.rows import load_of

pytestmark = [pytest.mark.django_db(transaction=True)]

Dial = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub looks at nobody: whatever is found out is found out by the command."""
    monkeypatch.setattr(hub, "SURVEY", 3600)


@pytest.mark.parametrize(
    ("role", "scope", "code"),
    [
        (Role.OWNER, Scope.ADMIN, None),
        (Role.OWNER, Scope.SWITCH, None),
        (Role.OWNER, Scope.READ, "forbidden"),
        (Role.MEMBER, Scope.SWITCH, None),
        (Role.GUEST, Scope.SWITCH, None),
        (Role.VIEWER, Scope.ADMIN, "forbidden"),
        (Role.VIEWER, Scope.READ, "forbidden"),
    ],
    ids=str,
)
async def test_a_token_may_what_its_scope_leaves_of_the_role(dial: Dial, role: str, scope: str, code: str) -> None:
    _owner, home, kettle, _heater = await a_furnished_home()
    bob = await sync_to_async(a_person)(home=home, role=role)
    _row, text = await sync_to_async(a_token)(bob, scope=scope)
    socket = await dial(path_of(home), token=text)

    answer = await socket.toggle(kettle)

    assert answer.get("problem", {}).get("code") == code
    assert answer["ok"] is (code is None)
    assert await sync_to_async(load_of)(home) == (0 if code else 2000)
    assert (await socket.ask("fit", kettle))["ok"], "whoever watches may ask"


LOST: dict[str, tuple[Callable[[User], Any], str]] = {
    "the role": (lambda user: Membership.objects.filter(user=user).update(role=Role.VIEWER), "forbidden"),
    "the membership": (lambda user: Membership.objects.filter(user=user).delete(), "not_found"),
    "the account": (lambda user: User.objects.filter(pk=user.pk).update(is_active=False), "not_signed_in"),
    "the scope": (lambda user: Token.objects.filter(user=user).update(scope=Scope.READ), "forbidden"),
    "the token": (lambda user: Token.objects.filter(user=user).delete(), "not_signed_in"),
    "its time": (lambda user: Token.objects.filter(user=user).update(expires_at=timezone.now()), "not_signed_in"),
}


@pytest.mark.parametrize("lost", LOST)
async def test_what_is_lost_between_two_commands_counts_for_the_second(dial: Dial, lost: str) -> None:
    lose, code = LOST[lost]
    owner, home, kettle, heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    assert (await socket.toggle(kettle))["ok"]

    await sync_to_async(lose)(owner)
    answer = await socket.toggle(heater)

    assert answer["problem"]["code"] == code
    assert await sync_to_async(load_of)(home) == 2000


async def test_without_that_look_the_second_would_be_carried_out(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the one line that asks anew is what the tests above stand on."""
    owner, home, kettle, heater = await a_furnished_home()
    socket = await dial(path_of(home), owner)
    known: dict[Any, Any] = {}
    judged = Door._judged

    def once(door: Door, *which: Any) -> Any:
        if which not in known:
            known[which] = judged(door, *which)
        return known[which]

    monkeypatch.setattr(Door, "_judged", once)
    assert (await socket.toggle(kettle))["ok"]
    await Membership.objects.filter(user=owner).adelete()

    assert (await socket.toggle(heater))["ok"]


@pytest.mark.parametrize("end", ["sign out", "another password"])
async def test_a_session_that_has_ended_commands_nothing(dial: Dial, end: str) -> None:
    owner, home, kettle, heater = await a_furnished_home()
    browser = Client()
    await sync_to_async(browser.force_login)(owner)
    socket = await dial(path_of(home), client=browser)
    assert (await socket.toggle(kettle))["ok"]

    if end == "sign out":
        await sync_to_async(browser.logout)()
    else:
        owner.set_password("another horse entirely")
        await owner.asave()

    assert (await socket.toggle(heater))["problem"]["code"] == "not_signed_in"
    assert await sync_to_async(load_of)(home) == 2000
