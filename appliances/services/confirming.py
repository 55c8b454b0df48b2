"""Showing again that it is you: before a limit is raised, people are added, tokens are made."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from appliances.models.decision import Actor
from appliances.services.actor import By

HOLDS_FOR = timedelta(minutes=10)
"""How long a password or a second factor counts as just given; ASVS 5.0, 7.5.3."""

RECORDS, OF_USER = "account_authentication_methods", "account_authentication_methods_user"
"""Where django-allauth keeps in the session how and when its person signed in or confirmed."""


class ConfirmFirst(Exception):
    """It may be done, after the person has shown again that it is they. Nothing was changed."""


def require(by: By) -> None:
    """Raises ConfirmFirst for a person who has not. A token was confirmed when it was made, VoltSafe asks nobody."""
    if by.kind == Actor.PERSON and not by.confirmed:
        raise ConfirmFirst("Confirm that it is you first: give your password or passkey again.")


def is_recent(session: Mapping[str, Any], user_id: int, now: datetime) -> bool:
    """Whether the session's person has given their password or second factor within HOLDS_FOR."""
    if session.get(OF_USER) != str(user_id):
        return False
    records = session.get(RECORDS) or [{}]
    given_at: float = max(one.get("at", 0) for one in records)
    return now.timestamp() - given_at < HOLDS_FOR.total_seconds()
