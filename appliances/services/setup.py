"""The first start: the owner's account and the home, made once, by whoever holds the setup code."""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from appliances.models import User
from appliances.services import accounts, actor, home, locking, sample_home, turn
from appliances.services.outcome import Changed

CODE_LENGTH = 10


class AlreadySetUp(Exception):
    """There is an account; the welcome is over."""


def is_set_up() -> bool:
    return User.objects.exists()


def setup_code() -> str:
    """The code printed in the terminal, the same until it is used, in every process that shares the secret key.

    Fifty bits of a keyed hash: only who reads the terminal (or the key) knows it, and it opens nothing once
    there is an account.
    """
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"voltsafe setup code", "sha256")
    text = base64.b32encode(digest).decode()[:CODE_LENGTH]
    return f"{text[:5]}-{text[5:]}"


def is_setup_code(text: str) -> bool:
    given = "".join(text.upper().split()).replace("-", "")
    return hmac.compare_digest(given.encode(), setup_code().replace("-", "").encode())


def set_up(
    *, username: str, password: str, wanted_home: Mapping[str, Any], sample: bool, now: datetime
) -> tuple[User, Changed]:
    """Make the owner and the home, whole or not at all. Raises Invalid, AlreadySetUp, Busy."""
    _only_once()
    user = accounts.prepare(username=username, password=password, is_staff=True, is_superuser=True)
    row, limit = home.prepare(wanted_home)

    def first() -> Changed:
        locking.lock_new_homes()
        _only_once()
        user.pk = None
        user.save(force_insert=True)
        accounts.record_new(user, by=actor.person(user), now=now)
        here = home.begin(row, limit, owner=user, by=actor.person(user), now=now)
        if sample:
            sample_home.furnish(here)
        return here.changed(row.pk)

    return user, turn.transact(first, by=actor.person(user))


def _only_once() -> None:
    if is_set_up():
        raise AlreadySetUp("VoltSafe is set up already. Sign in.")
