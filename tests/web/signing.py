"""A browser that signs in, from an address of its own, with whatever its person has."""

from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.http import HttpResponse
from django.test import Client

from appliances.models import User

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXP"
HOME, AWAY = "192.0.2.10", "198.51.100.7"


def sign_in(client: Client, password: str = PASSWORD, *, name: str = "ada", at: str = HOME, **more: Any) -> Any:
    given = {"username": name, "password": password, **more}
    return client.post("/sign-in/", given, REMOTE_ADDR=at, headers={"User-Agent": "Firefox/140 Linux"})


def give(client: Client, code: str, *, at: str = HOME) -> HttpResponse:
    return client.post("/sign-in/second-factor/", {"code": code}, REMOTE_ADDR=at)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def with_app(user: User) -> User:
    """They have an authenticator app, and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code_now(step: int = 0) -> str:
    """What the app shows now, or showed so many half minutes ago."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(SECRET, counters[len(counters) // 2] + step))


def recovery_codes(user: User) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes
