"""Where nothing can be written, what can be read is shown: notes in passing wait for better times."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from appliances.models import Token
from appliances.services import durable
from tests.builders import a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def _nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_more: Any) -> Any:
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(durable, "run", fail)
    monkeypatch.setattr("django.db.models.query.QuerySet.update", fail)
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", fail)


def test_a_page_is_shown_to_a_session_of_which_no_note_can_be_made(
    browser: Client, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("_nothing_is_written")

    assert browser.get("/homes/harbour-flat/").status_code == 200


def test_a_token_reads_though_its_use_cannot_be_noted(flat: dict[str, Any], request: pytest.FixtureRequest) -> None:
    _row, text = a_token(flat["owner"])
    request.getfixturevalue("_nothing_is_written")

    answer = Client().get("/api/v1/homes/harbour-flat/load", headers={"Authorization": f"Bearer {text}"})

    assert answer.status_code == 200
    assert Token.objects.get().last_used_at is None
