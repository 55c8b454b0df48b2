"""What every test leans on."""

from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase

from appliances.interlock import guard
from appliances.services import known


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_interlock() -> Any:
    """A test that commits is followed by a flush, which deletes decisions: the interlock steps aside for it."""
    flush = TransactionTestCase._fixture_teardown

    def step_aside(case: TransactionTestCase) -> None:
        used = [connections[alias] for alias in case._databases_names(include_mirrors=False)]
        for connection in used:
            guard.remove(connection)
        known.forget()
        try:
            flush(case)
        finally:
            for connection in used:
                guard.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", step_aside)
        yield
