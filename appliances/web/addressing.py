"""Addresses that are read elsewhere than on the page: of links that somebody is handed."""

from django.conf import settings
from django.http import HttpRequest


def absolute(request: HttpRequest, path: str) -> str:
    """With the address VoltSafe is known by (VOLTSAFE_URL), or else the one that was asked for."""
    public = str(settings.PUBLIC_URL).rstrip("/")
    return f"{public}{path}" if public else request.build_absolute_uri(path)
