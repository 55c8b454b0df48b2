"""What an examination finds: what is, whether it is well, and what to do where it is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from django.conf import settings


class State(StrEnum):
    WELL = "well"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    state: State
    said: str
    do: str = ""


def well(name: str, said: str) -> Finding:
    return Finding(name, State.WELL, said)


def warning(name: str, said: str, do: str) -> Finding:
    return Finding(name, State.WARNING, said, do)


def wrong(name: str, said: str, do: str) -> Finding:
    return Finding(name, State.WRONG, said, do)


def first_line(why: Exception) -> str:
    """What a driver says of its trouble, without the passwords that it may repeat."""
    text = (str(why).strip() or type(why).__name__).splitlines()[0]
    for secret in _secrets():
        text = text.replace(secret, "…")
    return text


def _secrets() -> Iterable[str]:
    of_redis = urlsplit(settings.REDIS_URL).password or ""
    found = (settings.SECRET_KEY, str(settings.DATABASES["default"].get("PASSWORD") or ""), of_redis, unquote(of_redis))
    return sorted({one for one in found if one}, key=len, reverse=True)
