"""Requests with a key of their asker's: each is carried out once, and answered the same however often it is sent.

The row is written in the transaction of what the request did, so there is never the one without the other.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import QuerySet

from appliances.models import Answered
from appliances.services import fair_turn
from appliances.services.actor import Key
from appliances.services.fair_turn import TookTooLong

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)

PATIENCE = 5.0
"""Seconds that keeping an answer waits for its turn; without it the next asker's is made anew."""

ATTEMPT = "attempt"


class KeyReused(Exception):
    """The key belongs to another request of the same person. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """As it is sent."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_replay: bool = False
    """It was given before; nothing was done again."""


def given(key: Key) -> Answer | None:
    """What the request with this key was answered before. Raises KeyReused."""
    row = find(key)
    return None if row is None or row.status is None else _kept(row)


def settle(key: Key, answer: Answer) -> Answer:
    """Once it is carried out: the answer that all who send it get, kept from now on."""
    row = find(key)
    if row is None:  # the operation changes nothing, so it has done nothing under the key
        return answer
    if row.status is not None:  # another try has been answered before the one that did it: the same for all
        answer = _kept(row)
    else:
        complete(key, answer)
    return replace(answer, is_replay=not is_by(row, key))


def _kept(row: Answered) -> Answer:
    return Answer(row.status or 0, row.body, row.headers, is_replay=True)


def find(key: Key) -> Answered | None:
    """What became of the request with this key. Raises KeyReused."""
    row = Answered.objects.filter(user_id=key.user_id, key=key.text).first()
    return None if row is None else _of_same_request(row, key)


def claim(key: Key) -> Mapping[str, Any] | None:
    """Inside a transaction: take the key, or give what was noted under it; waits for one that has it and is not done.

    Raises KeyReused.
    """
    row, is_new = Answered.objects.get_or_create(
        user_id=key.user_id,
        key=key.text,
        defaults={"fingerprint": key.fingerprint, "at": key.at, "outcome": {ATTEMPT: key.attempt}},
    )
    if is_new:
        return None
    outcome: Mapping[str, Any] = _of_same_request(row, key).outcome
    return outcome


def note(key: Key, outcome: Mapping[str, Any]) -> None:
    """In the same transaction: what was done."""
    _rows(key).update(outcome={**outcome, ATTEMPT: key.attempt})


def is_by(row: Answered, key: Key) -> bool:
    """Whether it was this very try that did it, not one before or beside it."""
    return bool(row.outcome[ATTEMPT] == key.attempt)


def complete(key: Key, answer: Answer) -> None:
    """Keep the answer as it is sent, unless one is kept already. It may fail: what was done is noted, and is enough."""
    try:
        with fair_turn.of_writers(PATIENCE):
            _rows(key).filter(status=None).update(status=answer.status, headers=dict(answer.headers), body=answer.body)
    except (TookTooLong, DatabaseError) as why:
        log.warning("The answer to a request with a key was not kept: %s", why)


def prune(now: datetime) -> int:
    """Forget the keys of yesterday; tells how many."""
    gone, _by_model = Answered.objects.filter(at__lt=now - KEPT_FOR).delete()
    return gone


def _rows(key: Key) -> QuerySet[Answered]:
    return Answered.objects.filter(user_id=key.user_id, key=key.text)


def _of_same_request(row: Answered, key: Key) -> Answered:
    if row.fingerprint != key.fingerprint:
        raise KeyReused("This key was sent with another request. Make a new key for each.")
    return row
