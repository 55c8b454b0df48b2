"""What was set: under which address, behind whom, with which key, in which folder."""

import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from appliances.services.doctor.finding import Finding, warning, well, wrong

UNTOLD = (
    "VOLTSAFE_URL says https, but no proxy is trusted: every request looks as if it came from the proxy and in the "
    "clear. So guessing is slowed down for all people at once, and the browser is not told to stay with https (HSTS)."
)
TRUST = "Set VOLTSAFE_TRUSTED_PROXIES to the proxy's address, 127.0.0.1 where it runs on this machine."


def hears_no_proxy() -> bool:
    """Somebody must speak https to the browser, and we are not told who."""
    return settings.IS_HTTPS and not settings.TRUSTED_PROXIES


def address() -> Iterator[Finding]:
    url, host = settings.PUBLIC_URL, settings.HOST
    answers = f"answers to {', '.join(settings.ALLOWED_HOSTS)}"
    if url and not settings.IS_HTTPS and not _is_loopback(urlsplit(url).hostname or ""):
        yield warning("address", f"Opened at {url}; {answers}. Passwords cross the network in the clear.", _ENCRYPT)
    elif url:
        yield well("address", f"Opened at {url}; {answers}.")
    elif _is_loopback(host):
        yield well("address", f"Opened on this machine only, at {host} port {settings.PORT}.")
    else:
        said = f"Listens at {host} port {settings.PORT} and {answers}. Passwords cross the network in the clear."
        yield warning("address", said, _ENCRYPT)


_ENCRYPT = "Put a proxy that speaks https in front and set VOLTSAFE_URL (docs/configuration.md)."


def proxies() -> Iterator[Finding]:
    trusted = ", ".join(str(one) for one in settings.TRUSTED_PROXIES)
    if hears_no_proxy():
        yield warning("proxies", UNTOLD, TRUST)
    elif trusted:
        yield well("proxies", f"Taken at their word for where a request is from: {trusted}.")
    else:
        yield well("proxies", "None is trusted; what a header says of where a request is from counts for nothing.")


def debug() -> Iterator[Finding]:
    if settings.DEBUG:
        said = "VOLTSAFE_DEBUG is on: errors show their insides to anyone."
        yield wrong("debug", said, "Set VOLTSAFE_DEBUG to 0 and start again.")
    else:
        yield well("debug", "Off.")


def secret_key() -> Iterator[Finding]:
    path = Path(settings.DATA_DIR, "secret-key")
    if path.exists() and path.read_text("ascii", errors="ignore").strip() == settings.SECRET_KEY:
        if (mode := _others(path)) is not None:
            yield wrong("secret key", f"{path} may be read by others (mode {mode}).", f"chmod 600 {path}")
        else:
            yield well("secret key", f"Kept in {path}, for its owner alone.")
    else:
        yield well("secret key", "Given by the environment.")


def data_folder() -> Iterator[Finding]:
    path = Path(settings.DATA_DIR)
    if (mode := _others(path)) is not None:
        yield wrong("data folder", f"{path} is open to others on this machine (mode {mode}).", f"chmod 700 {path}")
    else:
        yield well("data folder", f"{path}, for its owner alone.")


def _others(path: Path) -> str | None:
    """The mode, where anybody but the owner has any right."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:o}" if mode & 0o077 else None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
