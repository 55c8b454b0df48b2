"""Every address is closed until a rule opens it: walked, not listed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from appliances.live.routing import websocket_urlpatterns
from appliances.models import Decision, Home
from tests.access_matrix import declared, routes, walk
from tests.builders import a_person

pytestmark = pytest.mark.django_db

OPEN = {name for name, door in declared.WEB.items() if all(need == declared.EVERYONE for need in door.needs.values())}
"""Declared to be open to everyone: signing in, the welcome (over once there is an account), two words of health."""

FROM_THE_START = {"welcome", "healthz", "readyz"}
"""Of these, what is open before there is an account."""

VALUES = {"slug": "nowhere", "pk": 1, "id": 1}
SHUT = {401, 403, 404, 405}


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every address with its parameters filled in, and its name."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield filled(route), entry.name or ""


def filled(route: str) -> str:
    import re

    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(VALUES.get(found[1], "1")), route)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


ALL = sorted(set(addresses(get_resolver())))
_OPEN = {path for path, name in ALL if name in OPEN}
CLOSED = sorted({path for path, _name in ALL} - _OPEN)


def is_shut(answer: Any) -> bool:
    return answer.status_code in SHUT or (
        answer.status_code == 302 and answer.headers["Location"].startswith(reverse("sign_in"))
    )


def test_the_walk_finds_the_doors() -> None:
    assert {"sign_in", "welcome", "healthz", "readyz"} <= OPEN
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


def test_a_link_that_is_no_invitation_and_no_screen_opens_nothing(client: Client) -> None:
    a_person()

    for address in (reverse("join", args=["vsi_nothing"]), reverse("wall_link", args=["vsl_nothing"])):
        for method in (client.get, client.post):
            assert method(address).status_code == 404


def test_nothing_but_the_welcome_is_open_before_the_first_account(client: Client) -> None:
    for path, name in ALL:
        answer = client.get(path)
        if name in FROM_THE_START:
            assert answer.status_code in {200, 503}, path
        elif path.startswith("/api/") or name == "metrics":
            assert answer.status_code == 503, path
        else:
            assert answer.headers.get("Location") == reverse("welcome"), path


def test_no_get_changes_anything() -> None:
    house = walk.furnish()
    before = list(Home.objects.order_by("id").values_list("id", "revision")), Decision.objects.count()

    for route, _door in routes.declared_pages():
        house.clients["owner"].get(house.address(route), {"is_on": "true", "off": "1", "mode": "armed"})

    assert (list(Home.objects.order_by("id").values_list("id", "revision")), Decision.objects.count()) == before


def test_sockets_are_only_those_whose_consumers_ask_who_is_there() -> None:
    from appliances.live.consumers import HomeSocket

    for route in websocket_urlpatterns:
        assert issubclass(route.callback.consumer_class, HomeSocket)
