"""What is sent wrong is named, and nothing of it is kept."""

from collections.abc import Callable
from typing import Any

import pytest

from appliances.models import Appliance
from tests.api.conftest import Caller, Flat, code_of
from tests.builders import a_person

LONG = 300 * 1024


@pytest.fixture
def toggle(lamp: Appliance) -> Callable[[Any], Any]:
    caller = Caller(a_person(home=lamp.home))
    return lambda body=None: caller.ask("post", f"/appliances/{lamp.pk}/toggle", body)


@pytest.mark.parametrize(
    "sent",
    [
        "is_on=true",
        "{",
        '{"is_on": tru}',
        '{"is_on": true, "is_on": false}',
        '{"is_on": true, "a": {"b": 1, "b": 2}}',
        b"\xff\xfe\x00",
        b'{"is_on": "\xff"}',
        "[" * 100_000,
        '{"a":' * 40_000,
    ],
)
def test_what_is_not_json_is_malformed(toggle: Any, sent: Any) -> None:
    answer = toggle(sent)

    assert answer.status_code == 400
    assert code_of(answer) == "malformed"


@pytest.mark.parametrize("sent", ["[]", "null", "5", '"x"', "true", "[{}]"])
def test_a_body_is_an_object(toggle: Any, sent: str) -> None:
    answer = toggle(sent)

    assert answer.json()["errors"] == {"body": ["Send a JSON object."]}


def test_a_body_is_required(toggle: Any) -> None:
    answer = toggle()

    assert answer.json()["errors"] == {"body": ["This is required."]}


def test_a_body_that_is_too_large_is_not_read(toggle: Any) -> None:
    answer = toggle("[" * LONG)

    assert answer.status_code == 413
    assert code_of(answer) == "too_large"


def test_every_wrong_field_is_named_at_once(ask: Any) -> None:
    sent = {"rated_watts": "much", "priority": 0, "kind": "spaceship", "colour": "red"}

    answer = ask("post", "/homes/harbour-flat/appliances", sent)

    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert set(errors) == {"name", "rated_watts", "priority", "kind", "colour"}
    assert errors["name"] == ["This is required."]
    assert errors["colour"] == ["There is no such field here."]
    assert all(text in answer.json()["detail"] for texts in errors.values() for text in texts)


@pytest.mark.parametrize("name", ["", "   ", "a\0b", "a" * 81, 5, None, ["a"]])
def test_a_name_is_text_that_can_be_kept(patch: Any, name: Any) -> None:
    answer = patch({"name": name})

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["name"]


@pytest.mark.parametrize("text", [r"\ud800", r"a\udfffb"])
def test_half_a_character_is_refused(patch: Any, text: str) -> None:
    answer = patch(f'{{"note": "{text}"}}')

    assert answer.json()["errors"] == {"note": ["This text cannot be written in UTF-8."]}


def test_half_a_character_in_a_name_of_a_field_is_answered_too(ask: Any, flat: Flat) -> None:
    assert ask("patch", f"/appliances/{flat.lamp.pk}", r'{"\ud800": 1}').status_code == 422


def test_no_text_is_read_as_a_number_and_no_number_as_text(ask: Any, flat: Flat) -> None:
    for body in ({"priority": "5"}, {"priority": 5.0}, {"priority": True}, {"circuit_id": str(flat.main.pk)}):
        answer = ask("patch", f"/appliances/{flat.lamp.pk}", body)
        assert answer.status_code == 422, body
        assert list(answer.json()["errors"]) == list(body)


def test_json_is_read_whatever_it_is_called(api: Any, flat: Flat) -> None:
    path = f"/api/v1/appliances/{flat.lamp.pk}/toggle"

    answer = api.generic("POST", path, b'{"is_on": true}', content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
