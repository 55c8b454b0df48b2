"""Addresses of pages, worked out once each: a board asks for dozens of them every time it is drawn."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=20_000)
def address(name: str, *args: int | str) -> str:
    return reverse(name, args=args)
