"""A command on the JSON socket as it was sent, and everything about the message that can be wrong."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import uuid4

from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from appliances.live.visitor import Visitor
from appliances.presentation import exact, faults, problems
from appliances.presentation.faults import Fault
from appliances.presentation.field_types import Id, Moment
from appliances.services.actor import By, Key

MOST_CHARACTERS = 8192
"""Of one message; the longest that makes sense has a hundred ids."""

STALE = 5.0
"""Seconds after which a command is no longer carried out, since it was said or, at the latest, since it came here."""

LONGEST_ID = 64

NOT_SENT: Any = None
"""The default of a field that need not be sent."""


class Message(BaseModel):
    """Strict, as the bodies of REST are."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: int | Annotated[str, Field(min_length=1, max_length=LONGEST_ID)]
    appliance: Id
    at: Moment = NOT_SENT


class Fit(Message):
    action: Literal["fit"]


class Change(Message):
    dry_run: bool = False
    key: Annotated[str, Field(min_length=1, max_length=255, pattern="^[ -~]+$")] = NOT_SENT


class Toggle(Change):
    action: Literal["toggle"]
    is_on: bool


class Swap(Change):
    action: Literal["swap"]
    off: list[Id] = Field(max_length=100)


class Wait(Change):
    action: Literal["wait"]
    expires_at: Moment = NOT_SENT


class CancelWait(Change):
    action: Literal["cancel_wait"]


Command = Fit | Toggle | Swap | Wait | CancelWait
COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="action")])
ACTIONS = ("toggle", "swap", "wait", "cancel_wait", "fit")


class Wrong(Exception):
    """No command: what is wrong with it, and its id where that can be told."""

    def __init__(self, fault: Fault, id_: int | str | None = None) -> None:
        super().__init__(fault.detail)
        self.fault = fault
        self.id = id_


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that may be carried out, until `deadline` of time.monotonic()."""

    message: Command
    visitor: Visitor
    instance: str
    """The address of the socket, for problems."""
    deadline: float

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.deadline

    def by(self, by: By, now: datetime) -> By:
        """Whoever asks, and how."""
        message = self.message
        if isinstance(message, Fit):
            return by
        key = self._key(message, now) if message.key is not None and not message.dry_run else None
        return replace(by, deadline=self.deadline, dry_run=message.dry_run, key=key)

    def _key(self, message: Change, now: datetime) -> Key | None:
        user_id = self.visitor.user_id
        # Sent again it has another id and was said at another time; it is the same request.
        said = message.model_dump_json(exclude={"id", "at", "key"})
        fingerprint = hashlib.sha256(f"socket\0{self.visitor.home_id}\0{said}".encode()).hexdigest()
        return Key(user_id, message.key, fingerprint, uuid4().hex, now) if user_id is not None else None


def read(text: str, visitor: Visitor, instance: str, clock: Callable[[], datetime] = timezone.now) -> Asked:
    """Raises Wrong."""
    if len(text) > MOST_CHARACTERS:
        raise Wrong(Fault(problems.TOO_LARGE, f"Say at most {MOST_CHARACTERS} characters at once."))
    try:
        found = exact.parsed(text)
    except ValueError as why:
        raise Wrong(Fault(problems.MALFORMED, f"{problems.MALFORMED.meaning} {why}")) from None
    try:
        message = COMMAND.validate_python(found)
    except ValidationError as why:
        wrong = [_wrong(error) for error in why.errors(include_url=False)]
        raise Wrong(faults.wrong_fields(wrong), _id_of(found)) from None
    return Asked(message, visitor, instance, time.monotonic() + STALE - _age(message, clock()))


def _age(message: Message, now: datetime) -> float:
    """Seconds since it was said; one without `at` was said when it came, and so was one from a clock a little fast."""
    if message.at is None:
        return 0.0
    age = (now - message.at) / timedelta(seconds=1)
    if age < -STALE:
        ahead = f"That is {-age:.0f} seconds ahead of this server's clock. Set the clock, or leave it out."
        raise Wrong(faults.wrong_fields([("at", ahead)]), message.id)
    if age > STALE:
        raise Wrong(Fault(problems.TOO_LATE), message.id)
    return max(0.0, age)


def _wrong(error: Mapping[str, Any]) -> tuple[str, str]:
    """The field and what is wrong with it: ("toggle", "is_on") is "is_on", what is no command at all is "body"."""
    if error["type"].startswith("union_tag"):
        return "action", f"Say one of {', '.join(ACTIONS)}."
    place = error["loc"]
    return str(place[1]) if len(place) > 1 else "body", faults.text_of(error)


def _id_of(found: Any) -> int | str | None:
    given = found.get("id") if isinstance(found, dict) else None
    is_text = isinstance(given, str) and 0 < len(given) <= LONGEST_ID
    return given if is_text or (isinstance(given, int) and not isinstance(given, bool)) else None
