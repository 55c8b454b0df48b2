"""Who asks: a person, a token, or VoltSafe itself."""

from dataclasses import dataclass

from appliances.models import Token, User
from appliances.models.decision import Actor


@dataclass(frozen=True, slots=True)
class By:
    kind: Actor
    id: int | None
    name: str


def person(user: User) -> By:
    return By(Actor.PERSON, user.pk, user.get_username())


def token(row: Token) -> By:
    return By(Actor.TOKEN, row.pk, f"{row.user.get_username()} ({row.name})"[:150])


SYSTEM = By(Actor.SYSTEM, None, "")
