"""Every address is closed until a rule opens it: walked, not listed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from appliances.live.routing import websocket_urlpatterns
from appliances.models.membership import Role
from tests.builders import (
    a_circuit,
    a_home,
    a_limit,
    a_person,
    a_wall,
    a_wall_to_be,
    an_appliance,
    an_installer_code,
    an_invitation,
)

pytestmark = pytest.mark.django_db

SIGN_IN = {"sign_in", "account_login", "mfa_login_webauthn"}
OPEN = {*SIGN_IN, "welcome", "healthz", "readyz", "join"}
"""Open to everyone: signing in, the welcome (which is over once there is an account), two words of health, and the
page behind an invitation's link, which opens nothing to whoever does not hold one."""
FROM_THE_START = {"welcome", "healthz", "readyz"}
"""Of these, what is open before there is an account."""

BY_COOKIE = {"wall", "wall_board", "wall_switch", "wall_swap", "wall_wait", "wall_cancel_wait"}
"""Of screens on a wall: no account opens them, only the secret that such a screen holds."""

BY_LINK = {"wall_link"}
"""Open to whoever has a link, which is judged and throttled; any other text is not found."""


VALUES = {"slug": "nowhere", "pk": 1, "id": 1}
SHUT = {401, 403, 404, 405}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every address with its parameters filled in, and its name."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield filled(route), entry.name or ""


def filled(route: str) -> str:
    import re

    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(VALUES.get(found[1], "1")), route)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


ALL = sorted(set(routes(get_resolver())))
CLOSED = [path for path, name in ALL if name not in OPEN]


def is_shut(answer: Any) -> bool:
    return answer.status_code in SHUT or (
        answer.status_code == 302 and answer.headers["Location"].startswith(reverse("sign_in"))
    )


def test_the_walk_finds_the_doors() -> None:
    assert len(ALL) > 40
    assert "/" in CLOSED
    assert any(path.startswith("/admin/") for path in CLOSED)
    assert any(path.startswith("/api/v1/") for path in CLOSED)


@pytest.mark.parametrize("method", ["get", "post", "patch", "put", "delete"])
def test_nobody_gets_in_without_signing_in(client: Client, method: str) -> None:
    a_person()

    for path in CLOSED:
        answer = getattr(client, method)(path)
        assert is_shut(answer), (method, path, answer.status_code)


def test_nothing_but_the_welcome_is_open_before_the_first_account(client: Client) -> None:
    for path, name in ALL:
        answer = client.get(path)
        if name in FROM_THE_START:
            assert answer.status_code in {200, 503}, path
        elif path.startswith("/api/") or name == "metrics":
            assert answer.status_code == 503, path
        else:
            assert answer.headers.get("Location") == reverse("welcome"), path


def test_a_link_that_is_no_invitation_opens_nothing(client: Client) -> None:
    a_person()

    for method in (client.get, client.post):
        assert method(reverse("join", args=["vsi_nothing"])).status_code == 404


def pages_of(home: Any, circuit: Any, appliance: Any) -> dict[str, str]:
    """Every page and command of a home, and what a role must be allowed to reach it."""
    slug = [home.slug]
    wall, _text = a_wall_to_be(home)
    return {
        **pages_of_people(home),
        reverse("home", args=slug): "look",
        reverse("board", args=slug): "look",
        reverse("decisions", args=slug): "look",
        reverse("order", args=slug): "look",
        reverse("plan", args=slug): "look",
        reverse("controller", args=slug): "look",
        reverse("appliance_wait", args=[appliance.pk]): "switch",
        reverse("appliance_cancel_wait", args=[appliance.pk]): "switch",
        reverse("appliance_rules", args=slug): "edit",
        reverse("limit_add", args=slug): "configure",
        reverse("limit_lift", args=[a_limit(home).pk]): "configure",
        reverse("appliance_switch", args=[appliance.pk]): "switch",
        reverse("appliance_swap", args=[appliance.pk]): "switch",
        reverse("appliance_add", args=slug): "edit",
        reverse("appliance_edit", args=[appliance.pk]): "edit",
        reverse("appliance_delete", args=[appliance.pk]): "edit",
        reverse("home_edit", args=slug): "configure",
        reverse("circuit_add", args=slug): "configure",
        reverse("circuit_edit", args=[circuit.pk]): "configure",
        reverse("circuit_delete", args=[circuit.pk]): "configure",
        reverse("walls", args=slug): "manage",
        reverse("wall_change", args=[home.slug, wall.pk]): "manage",
        reverse("wall_link_again", args=[home.slug, wall.pk]): "manage",
        reverse("wall_remove", args=[home.slug, wall.pk]): "manage",
    }


def pages_of_people(home: Any) -> dict[str, str]:
    slug, other = home.slug, a_person(home=home, role=Role.VIEWER).pk
    an_invitation(home)
    an_installer_code(home)
    return {
        reverse("people", args=[slug]): "look",
        reverse("people_leave", args=[slug]): "look",
        reverse("people_invite", args=[slug]): "manage",
        reverse("person_role", args=[slug, other]): "manage",
        reverse("person_remove", args=[slug, other]): "manage",
        reverse("invitation_take_back", args=[slug, home.invitations.get().pk]): "manage",
        reverse("installer_code", args=[slug]): "manage",
        reverse("installer_code_remove", args=[slug]): "manage",
    }


ALLOWED = {
    Role.OWNER: {"look", "switch", "edit", "configure", "manage"},
    Role.MEMBER: {"look", "switch", "edit"},
    Role.GUEST: {"look", "switch"},
    Role.VIEWER: {"look"},
}


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_a_role_reaches_what_it_may_and_nothing_else(client: Client, role: Role | None) -> None:
    home = a_home()
    pages = pages_of(home, a_circuit(home), an_appliance(home))
    client.force_login(a_person(home=home, role=role) if role else a_person())

    for path, needed in pages.items():
        method = client.post if needed == "switch" else client.get
        answer = method(path, {"is_on": "true", "off": ""})
        if role is None:
            assert answer.status_code == 404, path
        elif needed in ALLOWED[role]:
            assert answer.status_code in {200, 302}, path
        else:
            assert answer.status_code == 403, path


def test_every_page_of_a_home_is_in_the_walk_of_roles() -> None:
    home = a_home()
    walked = set(pages_of(home, a_circuit(home), an_appliance(home)))
    ours = ("home", "board", "decisions", "order", "plan", "controller", "limit_", "appliance_", "circuit_", "walls")
    ours += ("people", "person_", "invitation_", "installer_")
    ours += ("wall_change", "wall_link_again", "wall_remove")
    named = {name for _path, name in ALL if name.startswith(ours)}

    known = {"home_list", "home_add"}
    found = {name for name in named - known if any(_matches(name, path) for path in walked)}
    assert named - known == found


def _matches(name: str, path: str) -> bool:
    from django.urls import resolve

    return resolve(path).url_name == name


def test_no_get_changes_anything(client: Client) -> None:
    home = a_home()
    circuit, appliance = a_circuit(home), an_appliance(home)
    client.force_login(a_person(home=home))
    pages = [*pages_of(home, circuit, appliance), reverse("join", args=[an_invitation(home)])]
    home.refresh_from_db()
    before = home.revision

    for path in pages:
        client.get(path, {"is_on": "true", "off": "1"})

    home.refresh_from_db()
    assert home.revision == before


def test_sockets_are_only_those_whose_consumers_ask_who_is_there() -> None:
    from appliances.live.consumers import HomeSocket

    for route in websocket_urlpatterns:
        assert issubclass(route.callback.consumer_class, HomeSocket)


@pytest.mark.parametrize("method", ["get", "post", "patch", "put", "delete"])
def test_no_account_opens_what_is_a_walls(client: Client, method: str) -> None:
    client.force_login(a_person(home=a_home(), is_staff=True, is_superuser=True))
    found = [path for path, name in ALL if name in BY_COOKIE]

    assert len(found) == len(BY_COOKIE)
    for path in found:
        assert getattr(client, method)(path).status_code in {401, 405}, path


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_text_that_is_no_link_is_not_found(client: Client, method: str) -> None:
    a_person()

    for path, name in ALL:
        if name in BY_LINK:
            assert getattr(client, method)(path).status_code == 404, path


def test_a_walls_secret_opens_what_is_a_walls_and_nothing_else(client: Client) -> None:
    a_person()
    _row, client.cookies[settings.WALL_COOKIE_NAME] = a_wall(a_home())

    for path, name in ALL:
        if name in BY_COOKIE:
            assert client.get(path).status_code in {200, 405}, path
        elif name not in OPEN:
            assert is_shut(client.get(path)), path
