"""The environment, read once through typed readers that stop the start on nonsense with one clear line.

Every name may also be given as NAME_FILE, the path of a file that holds the value.
"""

import os
import socket
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SQLITE = "appliances.interlock.sqlite"
SHORTEST = 32
"""Characters of a secret."""
POSTGRESQL = "appliances.interlock.postgresql"

SILENT = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 8000}
GIVEN_UP_WHEN_SILENT = {
    "socket_keepalive": True,
    "socket_keepalive_options": {
        getattr(socket, name): value for name, value in SILENT.items() if hasattr(socket, name)
    },
}
"""For a connection to Redis: what the network swallowed is given up by the system after 8 to 11 seconds, if it can.

Not by `socket_timeout`: with that the client waits for its writes by asyncio.wait_for, which on Python 3.11 loses a
cancellation now and then, and whoever listened goes on for ever.
"""

Network = IPv4Network | IPv6Network


def text(name: str, default: str = "") -> str:
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return os.environ.get(name, "").strip() or default
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, ValueError) as why:
        raise ImproperlyConfigured(f"{name}_FILE is {path!r}, which cannot be read: {why}.") from why


def secret(name: str) -> str:
    value = text(name)
    if value and len(value) < SHORTEST:
        raise ImproperlyConfigured(f"{name} is too short to be a secret; make it {SHORTEST} characters or more.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; set it to 1 or 0.")


def choice(name: str, choices: Sequence[str]) -> str:
    """One of them; the first where nothing is said."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to {', '.join(choices[:-1])} or {choices[-1]}.")
    return value


def port(name: str, default: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 65536):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a port number from 1 to 65535.")
    return int(value)


def address(name: str) -> tuple[str, int] | None:
    """A host and a port to listen on; None where nothing is said."""
    value = text(name)
    if not value:
        return None
    host, _colon, number = value.rpartition(":")
    is_whole = host.startswith("[") == host.endswith("]") == (":" in host) and host.strip("[]")
    if not (is_whole and number.isascii() and number.isdecimal() and 0 < int(number) < 65536):
        raise ImproperlyConfigured(f"{name} is {value!r}; give it as 127.0.0.1:9464 or [::1]:9464.")
    return host.strip("[]"), int(number)


def count(name: str, default: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 10**6):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a whole number from 1 to 999999.")
    return int(value)


SHORTEST_PERIOD = timedelta(days=7)
"""A request may be sent again for a day, and what an observing controller would have done is counted for a week."""

LONGEST_PERIOD = timedelta(days=36_500)


def period(name: str) -> timedelta | None:
    """Days or weeks, such as 365d or 52w; None is for ever, which nothing says too."""
    return as_period(name, text(name))


def as_period(name: str, value: str) -> timedelta | None:
    if value in {"", "forever"}:
        return None
    count, unit = value[:-1], {"d": 1, "w": 7}.get(value[-1])
    if unit is None or not (count.isascii() and count.isdecimal() and len(count) < 7):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to days or weeks, such as 365d or 52w, or to forever.")
    found = timedelta(days=int(count) * unit)
    if not SHORTEST_PERIOD <= found <= LONGEST_PERIOD:
        raise ImproperlyConfigured(f"{name} is {value!r}; keep {SHORTEST_PERIOD.days}d at least, or forever.")
    return found


def networks(name: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas between; never all there are."""
    found = [one.strip() for one in text(name).split(",") if one.strip()]
    try:
        read = tuple(ip_network(one) for one in found)
    except ValueError as why:
        raise ImproperlyConfigured(
            f"{name}: {why}. Give addresses or networks, such as 127.0.0.1,172.18.0.0/16."
        ) from why
    if any(one.prefixlen == 0 for one in read):
        raise ImproperlyConfigured(f"{name} would trust everyone. Name the addresses of your proxies.")
    return read


def folder(name: str, default: Path) -> Path:
    """The folder itself, made if it is not there, readable by its owner only."""
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as why:
        raise ImproperlyConfigured(f"Cannot make the data folder {path}: {why.strerror}. Set {name}.") from why
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"The data folder {path} is read-only. Set {name} to one that is not.")
    return path


def url(name: str) -> str:
    """An http or https address without a path, or nothing."""
    value = text(name).rstrip("/")
    if value and not _is_web_address(value):
        raise ImproperlyConfigured(f"{name} is {value!r}; give it as https://home.example or http://host:8000.")
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(is_whole) and not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)


def redis(name: str, *, password: str = "") -> str:
    """The address in `name`, with the password beside it in its place."""
    value = text(name)
    parts = urlsplit(value)
    if value and parts.scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} is not a Redis address; give it as redis://host:6379/0.")
    if not password:
        return value
    _check_password_belongs(name, at_a_server=bool(value), has_one=bool(parts.password))
    user, _at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:{quote(password, safe='')}@{host}").geturl()


def database(name: str, sqlite_file: Path, *, password: str = "") -> dict[str, object]:
    """Django's settings of the database at the address in `name`; without one, the embedded SQLite file.

    The address is never repeated in a message: it holds a password.
    """
    found = _database(name, sqlite_file)
    if password:
        _check_password_belongs(name, at_a_server=found["ENGINE"] != SQLITE, has_one=bool(found.get("PASSWORD")))
        found["PASSWORD"] = password
    return found


def _check_password_belongs(name: str, *, at_a_server: bool, has_one: bool) -> None:
    beside = name.replace("_URL", "_PASSWORD")
    if not at_a_server:
        raise ImproperlyConfigured(f"{beside} is set, but {name} names no server that could ask for it.")
    if has_one:
        raise ImproperlyConfigured(f"{name} holds a password and {beside} another; leave one of them out.")


def _database(name: str, sqlite_file: Path) -> dict[str, object]:
    address = text(name)
    if not address:
        return {"ENGINE": SQLITE, "NAME": str(sqlite_file)}
    scheme, _separator, rest = address.partition("://")
    if scheme == "sqlite":
        if not rest.startswith("//"):
            raise ImproperlyConfigured(f"{name}: give the SQLite file with its whole path, sqlite:////data/file.")
        return {"ENGINE": SQLITE, "NAME": rest[1:]}
    if scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name}: VoltSafe keeps its rows in SQLite or PostgreSQL (postgres://…).")
    try:
        parsed: dict[str, object] = environ.Env.db_url_config(address)
    except ValueError as why:
        raise ImproperlyConfigured(f"{name} is not a database address: {why}.") from why
    if not parsed["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database; give it as postgres://user:password@host/voltsafe.")
    return {**parsed, "ENGINE": POSTGRESQL}
