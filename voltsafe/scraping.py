"""A monitor finds each of several processes by its address, which is none of the names that we answer to.

Prometheus sends that address as `Host` and cannot be told another. So for /metrics, and only where a token comes
along, it does not matter by which name we were called: nothing in that answer is made from it, and no cookie counts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

PATH = "/metrics"
OURS = b"localhost"
"""Always among those that we answer to."""


def under_our_name(scope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The scope as if it had been called by a name of ours, where that may be."""
    if scope["path"] != PATH or not _has_token(scope["headers"]):
        return scope
    others = [one for one in scope["headers"] if one[0] not in {b"host", b"cookie"}]
    return {**scope, "headers": [*others, (b"host", OURS)]}


def _has_token(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"authorization" and value[:7].lower() == b"bearer " for name, value in headers)
