"""People's accounts: making them, their passwords, and what they do to sign in, all on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from appliances.models import User
from appliances.models.decision import Action, Outcome, Subject
from appliances.services import actor, durable, recording
from appliances.services.actor import By
from appliances.services.cleaning import Invalid, clean


def prepare(*, username: str, password: str, **fields: Any) -> User:
    """An account that is not saved yet, with its password. Raises Invalid."""
    user = User(username=User.normalize_username(username.strip()), **fields)
    check_password(user, password)
    user.set_password(password)
    clean(user)
    return user


def check_password(user: User, password: str) -> None:
    """Raises Invalid where it is too easy to guess."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as why:
        raise Invalid({"password": why.messages}) from why


def record_new(user: User, *, by: By, now: datetime) -> None:
    """Inside the transaction that makes it."""
    recording.of_account(Action.ADD_ACCOUNT, Subject.PERSON, user.pk, user.get_username(), by=by, now=now, about=user)


def set_password(*, user_id: int, password: str, by: By, now: datetime) -> User:
    """A new password; whoever is signed in with the old one is so no longer. Raises Invalid."""
    user = User.objects.get(pk=user_id)
    check_password(user, password)
    user.set_password(password)

    def step() -> None:
        user.save(update_fields=["password"])
        recording.of_account(
            Action.CHANGE_PASSWORD, Subject.PERSON, user.pk, user.get_username(), by=by, now=now, about=user
        )

    durable.run(step, patience=recording.PATIENCE)
    return user


def note(action: Action, user: User, *, now: datetime, facts: Mapping[str, Any]) -> None:
    """What a person did to their own account: signed in or out, confirmed, changed a factor."""
    recording.of_person(action, user, by=actor.person(user), now=now, facts=facts)


def note_failure(action: Action, username: str, *, now: datetime, facts: Mapping[str, Any]) -> None:
    """A try to sign in or confirm that failed. A name that is no account's is not kept: it may be a password."""
    user = User.objects.filter(username=username).first() or User(username="")
    by = By(actor.SYSTEM.kind, None, "")
    recording.of_person(action, user, by=by, now=now, facts=facts, outcome=Outcome.REFUSED)
