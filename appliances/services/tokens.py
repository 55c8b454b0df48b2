"""Bearer tokens: made once, shown once, kept as a digest."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from appliances.models import Token, User
from appliances.models.decision import Action, Subject
from appliances.models.prepared import Prepared
from appliances.services import confirming, durable, noting, recording, secret_text
from appliances.services.actor import By
from appliances.services.cleaning import Invalid, clean
from appliances.services.outcome import Missing

PREFIX = "vs_"
"""So that a leaked token can be recognised wherever it turns up."""

NOTE_EVERY = timedelta(minutes=1)
"""How exactly `last_used_at` is kept; finer would cost a write a request."""


def make(
    *, user: User, name: str, scope: str, by: By, now: datetime, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A new token of this person's, and its text, which is kept nowhere. Raises Invalid, ConfirmFirst, TookTooLong."""
    confirming.require(by)
    if expires_at is not None and expires_at <= now:
        raise Invalid({"expires_at": [_("It would be over already.")]})
    text = secret_text.new(PREFIX)
    digest = secret_text.digest(text)
    row = Token(user=user, name=name, scope=scope, prefix=text[:8], digest=digest, expires_at=expires_at)
    clean(row)

    def step() -> None:
        row.pk = None
        row.save(force_insert=True)
        facts = {"scope": scope, "expires_at": expires_at.isoformat() if expires_at else None}
        _record(Action.ADD_TOKEN, row, by, now, facts)

    durable.run(step, patience=recording.PATIENCE)
    return row, text


def revoke(*, token_id: int, by: By, now: datetime) -> None:
    """From now on it opens nothing; its sockets close. Raises Missing, TookTooLong."""

    def step() -> None:
        row = Token.objects.select_for_update().filter(pk=token_id).first()
        if row is None:
            raise Missing("There is no such token.")
        _record(Action.REMOVE_TOKEN, row, by, now, {"scope": row.scope})
        row.delete()

    durable.run(step, patience=recording.PATIENCE)


def bearer(*, text: str, now: datetime) -> Token | None:
    """The token with this text, if it has not expired and its person may still sign in."""
    if not text.startswith(PREFIX):
        return None
    return _in_use(OF_ACTIVE.first(secret_text.digest(text)), now)


def held(*, token_id: int, now: datetime) -> Token | None:
    """The same for one that was shown before."""
    return _in_use(BY_ID.first(token_id), now)


def _in_use(row: Token | None, now: datetime) -> Token | None:
    if row is None or not row.is_valid(now):
        return None
    if row.last_used_at is None or now - row.last_used_at > NOTE_EVERY:
        noting.note(Token.objects.filter(pk=row.pk), "The use of a token", last_used_at=now)
    return row


OF_ACTIVE = Prepared[Token](
    lambda digest: Token.objects.select_related("user").filter(digest=digest, user__is_active=True), str
)
BY_ID = Prepared[Token](lambda pk: Token.objects.select_related("user").filter(pk=pk, user__is_active=True), int)


def _record(action: Action, row: Token, by: By, now: datetime, facts: Mapping[str, object]) -> None:
    recording.of_account(action, Subject.TOKEN, row.pk, row.name, by=by, now=now, facts=facts, about=row.user)
