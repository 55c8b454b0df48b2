"""What goes wrong inside is said outside by its code, and no more than that."""

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from appliances.interlock import guard
from appliances.models import Appliance
from appliances.presentation import problems, snapshot
from appliances.services import switching
from appliances.services.outcome import Busy
from tests.api.conftest import Flat, code_of


def test_codes_are_named_once() -> None:
    codes = [kind.code for kind in problems.KINDS]

    assert len(codes) == len(set(codes)) == 24


def test_a_busy_home_is_told_when_to_come_again(ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: Any) -> None:
        raise Busy("The home is busy. Nothing was changed; try again.")

    monkeypatch.setattr(switching, "switch", busy)

    answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})

    assert answer.status_code == 503
    assert code_of(answer) == "busy"
    assert answer.headers["Retry-After"] == str(problems.RETRY_SECONDS)


def test_nothing_is_switched_without_the_interlock(ask: Any, flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_connection: Any) -> None:
        raise guard.InterlockMissing(["trigger x is missing"])

    monkeypatch.setattr(guard, "assert_intact", gone)

    answer = ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": True})

    assert answer.status_code == 503
    assert code_of(answer) == "interlock_missing"
    assert "trigger x" not in answer.content.decode()
    assert Appliance.objects.get(pk=flat.lamp.pk).is_on is False


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("a secret"), 500, "internal"),
        (OperationalError("a secret"), 503, "unavailable"),
        (IntegrityError("a secret"), 409, "conflict"),
    ],
)
def test_what_nobody_expected_gives_nothing_away(
    ask: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any, error: Exception, status: int, code: str
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(snapshot, "read", broken)

    answer = ask("get", "/homes/harbour-flat/load")

    assert answer.status_code == status
    assert code_of(answer) == code
    assert "a secret" not in answer.content.decode()
    assert "a secret" in caplog.text


def test_the_interlocks_own_word_is_a_fault_of_ours(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise IntegrityError("voltsafe: circuit 1 would carry too much")

    monkeypatch.setattr(snapshot, "read", broken)

    assert code_of(ask("get", "/homes/harbour-flat/load")) == "internal"
