"""A password given again, to show that it is you: the try counts before it is judged, and a wrong one is on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from appliances.models import User
from appliances.models.decision import Action
from appliances.services import accounts, throttle


def judge(user: User, password: str, *, facts: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is theirs; `facts` tell where it came from, `address` among them. Raises Throttled."""
    tries = throttle.sign_in(user.get_username(), str(facts["address"]))
    throttle.take(tries, now)
    if not user.check_password(password):
        accounts.note_failure(Action.CONFIRM, user.get_username(), now=now, facts=facts)
        return False
    throttle.succeeded(tries)
    return True
