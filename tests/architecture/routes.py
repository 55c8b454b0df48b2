"""Every address of VoltSafe with rows behind it, for walks over all of them; and every row there is, to compare."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from appliances.models import Appliance, Attempt, Circuit, Home, TemporaryLimit, User
from tests.builders import a_circuit, a_home, a_limit, a_person, a_token, an_appliance

PLACES = {"appliances": Appliance, "circuits": Circuit, "limits": TemporaryLimit}
"""What a bare `pk` is of, by the first word of its address."""


def a_furnished_installation() -> User:
    """Somebody who may do everything, in a home where there is something of each."""
    keeper = a_person("keeper", home=(home := a_home("Flat")), is_staff=True, is_superuser=True)
    circuit = a_circuit(home)
    an_appliance(home, at=circuit, on=True)
    a_limit(home)
    a_token(keeper)
    return keeper


def all_routes() -> list[str]:
    """Filled in with what is there; where it is not known what a parameter is of, with 1."""
    return sorted(set(_walk(get_resolver(), "")))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        elif isinstance(entry, URLPattern):
            yield _filled(route, entry.name or "")


def _filled(route: str, name: str) -> str:
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: _value(found[1], route, name), route)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


def _value(parameter: str, route: str, name: str) -> str:
    if parameter == "slug":
        return Home.objects.get().slug
    found: Any = PLACES.get(route.split("/", maxsplit=1)[0]) if parameter == "pk" else None
    if parameter.endswith("_id") and parameter != "object_id":
        found = PLACES.get(f"{parameter.removesuffix('_id')}s")
    elif parameter == "object_id":
        found = next((model for model in apps.get_models() if name.startswith(_of_admin(model))), None)
    row = found.objects.order_by("pk").first() if found else None
    return str(row.pk) if row else "1"


def _of_admin(model: Any) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_"


QUESTIONS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT")


@contextmanager
def watched() -> Iterator[Callable[[], bool]]:
    """Whether every row is still as it was; looked at only where the database has been told anything since the last
    look that is not a question."""
    before, told = everything(), list[str]()

    def listen(execute: Any, sql: str, *more: Any) -> Any:
        if not sql.startswith(QUESTIONS):
            told.append(sql)
        return execute(sql, *more)

    def unchanged() -> bool:
        looked_at, told[:] = bool(told), []
        return not looked_at or everything() == before

    with connection.execute_wrapper(listen):
        yield unchanged
    assert everything() == before


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those a visit may touch: sessions, when they were seen, and tries at a secret."""
    return {
        model._meta.label: sorted(model._default_manager.values_list(), key=repr)
        for model in apps.get_models(include_auto_created=True)
        if model not in {Session, UserSession, Attempt}
    }
