"""Who asks: a person, a token, a screen on a wall, or VoltSafe itself."""

from dataclasses import dataclass, field
from datetime import datetime

from appliances.models import Token, User, Wall
from appliances.models.decision import Actor
from appliances.telemetry.lines import request_id


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
    deadline: float | None = None
    """By time.monotonic: if its turn comes later it is not carried out. Whoever sends it may be gone by then."""
    confirmed: bool = False
    """They have shown within the last minutes that it is they; only a person is asked to."""
    installer_code: str = ""
    """As it was given, not yet looked at."""
    has_installer_code: bool = False
    """It was looked at, and is the home's."""
    request: str = field(default_factory=request_id.get, compare=False)
    """The id of the request it was made in, for the log: what is decided may be carried out by another thread."""


def person(user: User, *, confirmed: bool = False) -> By:
    return By(Actor.PERSON, user.pk, user.get_username(), confirmed=confirmed)


def token(row: Token) -> By:
    return By(Actor.TOKEN, row.pk, f"{row.user.get_username()} ({row.name})"[:150])


def wall(row: Wall) -> By:
    return By(Actor.WALL, row.pk, row.name)


SYSTEM = By(Actor.SYSTEM, None, "")
