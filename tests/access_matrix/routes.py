"""Every address there is: of the URL configuration, of the API's document, and the sockets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from appliances.api import document
from appliances.live import asked
from appliances.live.routing import websocket_urlpatterns
from tests.access_matrix import declared
from tests.access_matrix.needs import Door, InHome, Need

AREAS = (
    ("Sockets", "/ws/"),
    ("API", "/api/"),
    ("Administration", "/admin/"),
    ("Wall screens", "/wall/"),
    ("Signing in and one's account", ("/sign-", "/account/", "/welcome/", "/join/")),
    ("Health", ("/healthz", "/readyz", "/metrics")),
    ("Pages of a home", "/"),
)


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    """As it is declared: `/homes/<slug:slug>/`."""

    @property
    def shown(self) -> str:
        return re.sub(r"<\w+:(\w+)>", r"<\1>", self.path)

    @property
    def area(self) -> str:
        return next(area for area, prefix in AREAS if self.path.startswith(prefix))


class Undeclared(Exception):
    def __init__(self, route: Route) -> None:
        super().__init__(
            f"{route.path} ({route.name}) is not declared: add a line with what it needs to tests/access_matrix/"
            "declared.py (WEB by name, API by operation id, SOCKETS by path, COMMANDS by action, ADMIN by model), "
            "then `make matrix`."
        )


def of_pages() -> list[Route]:
    """Everything but the API's operations and the sockets; two names of one address are one."""
    operations = {route.path for route, _door in of_operations()}
    found: dict[str, Route] = {}
    for route in _walked(get_resolver()):
        if route.path not in operations:
            found.setdefault(route.path, route)
    return list(found.values())


def declared_pages() -> Iterator[tuple[Route, Door]]:
    """Raises Undeclared."""
    known = declared.doors()
    for route in of_pages():
        if route.name not in known:
            raise Undeclared(route)
        yield route, known[route.name]


def of_operations() -> Iterator[tuple[Route, Door]]:
    """Raises Undeclared."""
    in_code = {route.name: route.path for route in _walked(get_resolver()) if route.path.startswith("/api/")}
    for methods in document.document()["paths"].values():
        for method, operation in methods.items():
            name = operation["operationId"]
            route = Route(name, in_code[f"api:{name}"])
            if name not in declared.API:
                raise Undeclared(route)
            yield route, declared.operation(name, method.upper())


def of_sockets() -> Iterator[Route]:
    for entry in websocket_urlpatterns:
        route = Route(str(entry.pattern), f"/{entry.pattern}")
        if route.name not in declared.SOCKETS:
            raise Undeclared(route)
        yield route


def said_on(route: Route) -> dict[str, Need]:
    """The handshake, and the commands that are taken then; by what they need. Raises Undeclared."""
    found = {HANDSHAKE: declared.SOCKETS[route.name]}
    if route.name == declared.TAKES_COMMANDS:
        for action in asked.ACTIONS:
            if action not in declared.COMMANDS:
                raise Undeclared(Route(action, route.path))
            found[action] = InHome(declared.COMMANDS[action][0], declared.PERSON_OR_TOKEN)
    return found


HANDSHAKE = "socket"


def _walked(resolver: URLResolver, prefix: str = "/", space: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + _plain(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _walked(entry, path, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield Route(space + (entry.name or path), path)


def _plain(pattern: str) -> str:
    """A regular expression as a path with placeholders."""
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern)
    return named.replace("^", "").replace("$", "").replace("\\Z", "")
