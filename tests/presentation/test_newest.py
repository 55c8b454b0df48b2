"""The newest decisions of a home, as they are committed, whatever was read of them before."""

import pytest
from django.db import transaction
from django.utils import timezone

from appliances.models import Decision, Home
from appliances.models.decision import Action, Outcome, Subject
from appliances.presentation import newest
from tests.builders import a_home, an_appliance, turn_off, turn_on

pytestmark = pytest.mark.django_db(transaction=True)


def revisions(home: Home) -> list[int]:
    return [row.revision for row in newest.of(home)]


def test_what_came_since_stands_before_what_was_read() -> None:
    lamp = an_appliance(a_home(), "Lamp", watts=10)
    before = newest.of(lamp.home)

    turn_on(lamp)
    turn_off(lamp)
    after = newest.of(lamp.home)

    assert [row.action for row in after[:2]] == [Action.SWITCH_OFF, Action.SWITCH_ON]
    assert after[2:] == before


def test_never_more_than_are_shown_at_once() -> None:
    lamp = an_appliance(a_home(), "Lamp", watts=10)
    newest.of(lamp.home)
    for _ in range(newest.LENGTH):
        turn_on(lamp)
        turn_off(lamp)

    found = revisions(lamp.home)

    assert found == list(range(found[0], found[0] - newest.LENGTH, -1))


def test_what_was_undone_is_not_remembered() -> None:
    home = a_home()
    before = revisions(home)

    with transaction.atomic():
        Decision.objects.create(
            home=home,
            revision=before[0] + 1,
            at=timezone.now(),
            actor="system",
            action=Action.SWITCH_ON,
            outcome=Outcome.GRANTED,
            subject=Subject.HOME,
            subject_id=home.pk,
            subject_name=home.name,
        )
        assert revisions(home)[0] == before[0] + 1
        transaction.set_rollback(True)

    assert revisions(home) == before
