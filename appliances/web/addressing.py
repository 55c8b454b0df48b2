"""Addresses as they are given to other devices: whole, with scheme and host."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def whole(request: HttpRequest, path: str) -> str:
    """Under VOLTSAFE_URL where that is set, else as the person who asks got here."""
    return settings.PUBLIC_URL.rstrip("/") + path if settings.PUBLIC_URL else request.build_absolute_uri(path)


def is_of_this_machine(url: str) -> bool:
    """No other device gets there: localhost and its like."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
