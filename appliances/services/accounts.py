"""People's accounts: making, changing and removing them, their passwords, and how they sign in, on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from appliances.models import Membership, User
from appliances.models.decision import Action, Outcome, Subject
from appliances.services import actor, confirming, durable, membership, recording, sessions
from appliances.services.actor import By
from appliances.services.cleaning import Invalid, clean
from appliances.services.outcome import Missing

POWER = ("is_staff", "is_superuser")
"""What lets into the administration, and to everything there."""

GONE = "There is no such person."

RIGHTS = ("groups", "user_permissions")


def prepare(*, username: str, password: str, **fields: Any) -> User:
    """An account that is not saved yet, with its password. Raises Invalid."""
    user = User(username=User.normalize_username(username.strip()), **fields)
    check_password(user, password)
    user.set_password(password)
    check_name(user)
    return user


def check_password(user: User, password: str) -> None:
    """Raises Invalid where it is too easy to guess."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as why:
        raise Invalid({"password": why.messages}) from why


def check_name(user: User) -> None:
    """Nobody else has it: "Ada" beside "ada" would stand for her on every page and in the record. Raises Invalid."""
    clean(user)
    if User.objects.filter(username__iexact=user.username).exclude(pk=user.pk).exists():
        raise Invalid({"username": [_("Somebody has this name already, perhaps in other capitals.")]})


def record_new(user: User, *, by: By, now: datetime) -> None:
    """Inside the transaction that makes it."""
    _record(Action.ADD_ACCOUNT, user, by, now)


def add(*, username: str, password: str, by: By, now: datetime) -> User:
    """An account that belongs to no home yet. Raises Invalid, ConfirmFirst, TookTooLong."""
    confirming.require(by)
    user = prepare(username=username, password=password)

    def step() -> None:
        user.pk = None
        check_name(user)
        user.save(force_insert=True)
        record_new(user, by=by, now=now)

    durable.run(step, patience=recording.PATIENCE)
    return user


def change(*, user_id: int, wanted: Mapping[str, Any], by: By, now: datetime) -> User:
    """Its name, whether they may sign in, and what power they have; who may not sign in is signed out at once.

    Raises Invalid, ConfirmFirst where it is about power, LastOwner, Missing, TookTooLong.
    """
    if not {*POWER, *RIGHTS}.isdisjoint(wanted):
        confirming.require(by)

    def step() -> User:
        user = _held(user_id)
        before = {name: _told(getattr(user, name)) for name in wanted}
        if not wanted.get("is_active", True) and user.is_active:
            _keep_owners(user)
        _write(user, wanted)
        after = {name: _told(getattr(user, name)) for name in wanted}
        changes = {name: [before[name], after[name]] for name in wanted if before[name] != after[name]}
        if changes:
            _record(Action.CHANGE_ACCOUNT, user, by, now, {"changes": changes})
        if not user.is_active and (count := sessions.drop(user)):
            sessions.record_end(user, count, by=by, now=now)
        return user

    return durable.run(step, patience=recording.PATIENCE)


def remove(*, user_id: int, by: By, now: datetime) -> None:
    """The account and all that is the person's alone. Raises ConfirmFirst, LastOwner, Missing, TookTooLong."""
    confirming.require(by)

    def step() -> None:
        user = _held(user_id)
        membership.leave_every_home(user, by=by, now=now)
        sessions.drop(user)
        _record(Action.REMOVE_ACCOUNT, user, by, now)
        user.delete()

    durable.run(step, patience=recording.PATIENCE)


def set_password(*, user_id: int, password: str, by: By, now: datetime, keep: str = "") -> User:
    """A new password. Ends every session but the one with the key `keep`.

    Raises Invalid, ConfirmFirst, Missing, TookTooLong.
    """
    confirming.require(by)
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise Missing(GONE)
    check_password(found, password)
    # Slow on purpose, so not while others wait for their turn to write.
    hashed = make_password(password)

    def step() -> User:
        user = _held(user_id)
        user.password = hashed
        user.save(update_fields=["password"])
        _record(Action.CHANGE_PASSWORD, user, by, now)
        if count := sessions.drop(user, keep=keep):
            sessions.record_end(user, count, by=by, now=now)
        return user

    return durable.run(step, patience=recording.PATIENCE)


def remove_factors(*, user_id: int, by: By, now: datetime) -> int:
    """The password alone lets in again, for whoever has lost the rest. Raises Missing, TookTooLong."""

    def step() -> int:
        user = _held(user_id)
        kinds = list(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True).order_by("id"))
        Authenticator.objects.filter(user_id=user.pk).delete()
        for kind in kinds:
            _record(Action.REMOVE_FACTOR, user, by, now, {"factor": kind})
        return len(kinds)

    return durable.run(step, patience=recording.PATIENCE)


def note(action: Action, user: User, *, now: datetime, facts: Mapping[str, Any]) -> None:
    """What a person did to their own account: signed in or out, confirmed, changed a factor."""
    recording.of_person(action, user, by=actor.person(user), now=now, facts=facts)


def note_failure(action: Action, username: str, *, now: datetime, facts: Mapping[str, Any]) -> None:
    """A try to sign in or confirm that failed. A name that is no account's is not kept: it may be a password."""
    user = User.objects.filter(username=username).first() or User(username="")
    by = By(actor.SYSTEM.kind, None, "")
    recording.of_person(action, user, by=by, now=now, facts=facts, outcome=Outcome.REFUSED)


def _held(user_id: int) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise Missing(GONE)
    return user


def _write(user: User, wanted: Mapping[str, Any]) -> None:
    name_before = user.username
    for name in wanted:
        if name not in RIGHTS:
            setattr(user, name, wanted[name])
    if user.username == name_before:
        clean(user)
    else:
        check_name(user)
    user.save(update_fields=[name for name in wanted if name not in RIGHTS])
    for name in set(RIGHTS) & set(wanted):
        getattr(user, name).set(wanted[name])


def _keep_owners(user: User) -> None:
    # In the order of homes, so that two that go wait for each other and never block each other.
    for row in Membership.objects.filter(user=user).order_by("home_id"):
        membership.keep_an_owner(without=row)


def _told(value: Any) -> Any:
    """As the record keeps it: of groups and permissions their names."""
    return sorted(map(str, value.all())) if hasattr(value, "all") else value


def _record(action: Action, user: User, by: By, now: datetime, facts: Mapping[str, Any] | None = None) -> None:
    name = user.get_username()
    recording.of_account(action, Subject.PERSON, user.pk, name, by=by, now=now, about=user, facts=facts)
