"""The whole examination: it comes to its end whatever is broken, and gives no secret away."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from appliances import events
from appliances.services import heartbeat
from appliances.services.doctor import database, examining
from appliances.services.doctor.finding import Finding, State, first_line

pytestmark = pytest.mark.django_db

NAMES = {
    *("address", "proxies", "debug", "secret key", "data folder", "disk", "channel layer"),
    *("database", "migrations", "interlock", "backup", "controller", "clock", "overload"),
}


def examined() -> dict[str, Finding]:
    found = examining.examine(timezone.now())
    assert all(one.do for one in found if one.state is not State.WELL)
    return {one.name: one for one in found}


def failing(*_: Any) -> Iterator[Finding]:
    raise OperationalError("connection refused\nand a second line")


def test_everything_is_looked_at() -> None:
    assert examined().keys() >= NAMES


def test_without_a_database_the_rest_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "database", failing)
    found = examined()

    assert found.keys() >= NAMES
    assert (found["database"].state, found["database"].said) == ("wrong", "The database says: connection refused")
    assert found["interlock"].said == "Not looked at, since the database cannot be."
    assert sum(one.state is State.WRONG for one in found.values()) == 1


def test_half_migrated_it_names_what_is_missing_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "last_run", failing)
    found = examined()

    assert found["controller"].state is State.WRONG
    assert "manage.py migrate" in found["controller"].do
    assert found["overload"].state is State.WELL


def test_what_nobody_thought_of_is_a_finding_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(events, "round_trip", broken)

    assert examined()["channel layer"].said == "Could not be looked at: ZeroDivisionError"


@pytest.mark.parametrize("secret", ["p4ss word", "p4ss%20word", "s3cret", "the key that signs"])
def test_no_secret_is_repeated(settings: Any, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    settings.SECRET_KEY = "the key that signs"
    settings.REDIS_URL = "redis://:p4ss%20word@redis:6379/0"
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "s3cret")

    assert first_line(ValueError(f"cannot use {secret} there")) == "cannot use … there"
