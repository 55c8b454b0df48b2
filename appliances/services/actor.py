"""Who asks: a person, a token, or VoltSafe itself."""

from dataclasses import dataclass
from datetime import datetime

from appliances.models import Token, User
from appliances.models.decision import Actor


@dataclass(frozen=True, slots=True)
class Key:
    """A request that is carried out once however often it is sent, and the try at it that this is."""

    user_id: int
    text: str
    fingerprint: str
    """Of the whole request: the key of another one is not this one's."""
    attempt: str
    at: datetime


@dataclass(frozen=True, slots=True)
class By:
    kind: Actor
    id: int | None
    name: str
    dry_run: bool = False
    """Everything is done and then undone; the services raise Rehearsed."""
    key: Key | None = None


def person(user: User) -> By:
    return By(Actor.PERSON, user.pk, user.get_username())


def token(row: Token) -> By:
    return By(Actor.TOKEN, row.pk, f"{row.user.get_username()} ({row.name})"[:150])


SYSTEM = By(Actor.SYSTEM, None, "")
