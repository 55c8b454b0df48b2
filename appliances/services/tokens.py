"""Bearer tokens: made once, shown once, kept as a digest."""

import hashlib
import secrets
from datetime import datetime, timedelta

from appliances.models import Token, User
from appliances.services.cleaning import clean

PREFIX = "vs_"
"""So that a leaked token can be recognised wherever it turns up."""

NOTE_EVERY = timedelta(minutes=1)
"""How exactly `last_used_at` is kept; finer would cost a write a request."""


def make(*, user: User, name: str) -> tuple[Token, str]:
    """A new token of this person's, and its text, which is not kept anywhere. Raises Invalid."""
    text = PREFIX + secrets.token_urlsafe(32)
    row = Token(user=user, name=name, prefix=text[:8], digest=_digest(text))
    clean(row)
    row.save(force_insert=True)
    return row, text


def bearer(*, text: str, now: datetime) -> Token | None:
    """The token with this text, if its person may still sign in."""
    if not text.startswith(PREFIX):
        return None
    row = Token.objects.select_related("user").filter(digest=_digest(text), user__is_active=True).first()
    if row is not None and (row.last_used_at is None or now - row.last_used_at > NOTE_EVERY):
        Token.objects.filter(pk=row.pk).update(last_used_at=now)
    return row


def _digest(text: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(text.encode()).hexdigest()
