"""Somebody else, between what was done and the answer to it."""

from collections.abc import Callable
from typing import Any

import pytest

from appliances.services import turn
from appliances.services.outcome import Changed


def before_the_answer(monkeypatch: pytest.MonkeyPatch, do: Callable[[Changed], object]) -> list[Changed]:
    """Do it as soon as the next turn is committed; what that turn did comes into the list."""
    transact, done = turn.transact, list[Changed]()

    def transacted(*step: Any, **how: Any) -> Changed:
        monkeypatch.setattr(turn, "transact", transact)
        done.append(transact(*step, **how))
        do(done[0])
        return done[0]

    monkeypatch.setattr(turn, "transact", transacted)
    return done
