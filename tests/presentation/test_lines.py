"""The line of a decision is made once, and is of that decision: numbers come again in another lineage of the home."""

from appliances.models import Decision, Home
from appliances.models.decision import Action, Actor, Outcome, Subject
from appliances.presentation import board
from tests.builders import NOW


def a_decision(name: str) -> Decision:
    return Decision(
        pk=1,
        home_id=1,
        revision=1,
        at=NOW,
        actor=Actor.SYSTEM,
        action=Action.SWITCH_ON,
        outcome=Outcome.GRANTED,
        subject=Subject.APPLIANCE,
        subject_id=1,
        subject_name=name,
    )


def test_in_another_lineage_the_same_number_at_the_same_moment_is_another_decision() -> None:
    kettle, heater = (
        board.lines(Home(pk=1, timezone="UTC", lineage=lineage), [a_decision(name)])
        for lineage, name in (("before the restore", "Kettle"), ("after it", "Heater"))
    )

    assert "Kettle" in kettle[0].text
    assert "Heater" in heater[0].text


def test_in_its_own_lineage_it_is_made_once() -> None:
    home = Home(pk=1, timezone="UTC", lineage="of its own")

    [first], [second] = (board.lines(home, [a_decision("Kettle")]) for _ in range(2))

    assert first is second
