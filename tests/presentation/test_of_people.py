"""What was decided about people, accounts and machines, in a sentence that stands by itself, with a sign before it."""

import re
from pathlib import Path
from typing import Any

import pytest

from appliances.models import Decision
from appliances.models.decision import Action, Actor, Outcome, Subject
from appliances.presentation import wording

ICONS = Path(__file__).resolve().parents[2] / "static" / "icons.svg"
REFUSED = {"outcome": Outcome.REFUSED}


def said(action: Action, facts: dict[str, Any] | None = None, **fields: Any) -> str:
    row = {"actor": Actor.PERSON, "actor_id": 1, "actor_name": "ada", "outcome": Outcome.GRANTED}
    about = {"subject": Subject.PERSON, "subject_id": 2, "subject_name": "gran"}
    return wording.decision(Decision(action=action, facts=facts or {}, **{**row, **about, **fields}))


@pytest.mark.parametrize(
    ("sentence", "action", "facts", "fields"),
    [
        ("gran was invited as Guest.", Action.INVITE, {"role": "guest"}, {}),
        ("The invitation for gran was taken back.", Action.UNINVITE, {"role": "guest"}, {}),
        ("gran belongs to the home now, as Guest.", Action.JOIN, {"role": "guest"}, {}),
        (
            "gran joined the home as Guest, with the invitation for Grandma.",
            Action.JOIN,
            {"role": "guest", "invitation": "Grandma"},
            {},
        ),
        ("gran is Guest now, and was Viewer.", Action.CHANGE_ROLE, {"changes": {"role": ["viewer", "guest"]}}, {}),
        ("gran belongs to the home no longer.", Action.REMOVE_MEMBER, {}, {}),
        ("gran left the home.", Action.REMOVE_MEMBER, {}, {"actor_id": 2}),
        (
            "gran belongs to the home no longer: the account was removed.",
            Action.REMOVE_MEMBER,
            {"account": "removed"},
            {},
        ),
        ("Account gran removed.", Action.REMOVE_ACCOUNT, {}, {}),
        ("A try to sign in as gran from 10.0.0.7 failed.", Action.SIGN_IN, {"address": "10.0.0.7"}, REFUSED),
        ("A wrong installer code was given.", Action.GIVE_CODE, {}, REFUSED),
    ],
)
def test_it_says(sentence: str, action: Action, facts: dict[str, Any], fields: dict[str, Any]) -> None:
    assert said(action, facts, **fields) == sentence


def test_who_tried_and_failed_is_not_known() -> None:
    failed = Decision(action=Action.SIGN_IN, actor=Actor.SYSTEM, home_id=None, outcome=Outcome.REFUSED)
    shed = Decision(action=Action.SHED, actor=Actor.SYSTEM, home_id=1, outcome=Outcome.GRANTED)

    assert (wording.by(failed), wording.by(shed)) == ("", "VoltSafe")


def test_every_action_has_its_sign() -> None:
    drawn = set(re.findall(r'symbol id="action-(\w+)"', ICONS.read_text()))

    missing = {str(one) for one in Action} - drawn
    assert not missing, f"draw action-… in static/icons.svg: {missing}"
