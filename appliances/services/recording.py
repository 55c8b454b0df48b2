"""Decisions about an account and no home: signing in, passwords, tokens. Owners read those of their home's people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from appliances.models import Decision, User
from appliances.models.decision import Action, Outcome, Subject
from appliances.services import durable
from appliances.services.actor import By
from appliances.telemetry import lines

PATIENCE = 5.0
"""Seconds that a change of an account waits for its turn."""


def of_account(
    action: Action,
    subject: Subject,
    subject_id: int,
    subject_name: str,
    *,
    by: By,
    now: datetime,
    about: User | None,
    facts: Mapping[str, Any] | None = None,
    outcome: Outcome = Outcome.GRANTED,
) -> Decision:
    """Write one, inside a transaction. `about` is whose account it is: owners read those of their home's people."""
    row = Decision(
        home=None,
        revision=0,
        at=now,
        actor=by.kind,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        outcome=outcome,
        subject=subject,
        subject_id=subject_id,
        subject_name=subject_name[:80],
        account_id=about.pk if about else None,
        facts=dict(facts or {}),
    )
    row.save(force_insert=True)
    transaction.on_commit(lambda: lines.decided([row], request=by.request), robust=True)
    return row


def of_person(
    action: Action,
    user: User,
    *,
    by: By,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    outcome: Outcome = Outcome.GRANTED,
) -> None:
    """Write one about the person, in a transaction of its own. Raises TookTooLong."""

    def step() -> None:
        of_account(
            action,
            Subject.PERSON,
            user.pk or 0,
            user.get_username(),
            by=by,
            now=now,
            about=user,
            facts=facts,
            outcome=outcome,
        )

    durable.run(step, patience=PATIENCE)
