"""Whose word is taken for where a request is from: that of the proxies in VOLTSAFE_TRUSTED_PROXIES, and nobody else's.

What such a proxy says goes into the scope, where the server puts what it sees itself; then the headers are taken out,
whoever sent them. So nothing behind this place can be told by a header who asks, how, or under which name.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from voltsafe.env import Network

Application = Callable[..., Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]
Address = IPv4Address | IPv6Address

SECURE = {"http": "https", "websocket": "wss"}
PLAIN = {"http": "http", "websocket": "ws"}

OF_PROXIES = {
    b"client-ip",
    b"cf-connecting-ip",
    b"fastly-client-ip",
    b"forwarded",
    b"front-end-https",
    b"true-client-ip",
    b"x-client-ip",
    b"x-cluster-client-ip",
    b"x-original-host",
    b"x-original-url",
    b"x-real-ip",
    b"x-rewrite-url",
    b"x-script-name",
    b"x-url-scheme",
}


class BehindProxies:
    """An ASGI application around another, for HTTP and websockets alike."""

    def __init__(self, application: Application, trusted: Sequence[Network]) -> None:
        self._application = application
        self._trusted = trusted

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] in PLAIN:
            scope = as_seen(scope, self._trusted)
        await self._application(scope, receive, send)


def as_seen(scope: dict[str, Any], trusted: Sequence[Network]) -> dict[str, Any]:
    """The scope with the client's own address and scheme, as far as whoever we talk to may be believed."""
    headers = [(name.lower(), value) for name, value in scope["headers"]]
    kind = scope["type"]
    # Of a socket the server says no scheme; it talks plainly unless a proxy tells otherwise.
    seen = {
        **scope,
        "scheme": scope.get("scheme") or PLAIN[kind],
        "headers": [one for one in headers if _stays(one[0])],
    }
    peer = _address((scope.get("client") or ("",))[0])
    if peer is None or not _is_in(peer, trusted):
        return seen
    seen["client"] = [str(_client(peer, _listed(headers), trusted)), 0]
    said = [value.strip().lower() for name, value in headers if name == b"x-forwarded-proto"]
    if said == [b"https"]:
        seen["scheme"] = SECURE[kind]
    elif said == [b"http"]:
        seen["scheme"] = PLAIN[kind]
    return seen


def _stays(name: bytes) -> bool:
    # `X_User` and `X-User` become the same where headers become variables: the first is a way to forge the second.
    return b"_" not in name and not name.startswith(b"x-forwarded-") and name not in OF_PROXIES


def _listed(headers: Headers) -> list[str]:
    """The addresses in X-Forwarded-For, from the farthest to the nearest."""
    lines = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    return [one.strip() for one in ",".join(lines).split(",") if one.strip()]


def _client(peer: Address, listed: Sequence[str], trusted: Sequence[Network]) -> Address:
    """The right-most that is no proxy of ours: what stands to its left it may have made up itself."""
    nearest = peer
    for text in reversed(listed):
        found = _address(text)
        if found is None:
            return nearest
        nearest = found
        if not _is_in(found, trusted):
            return nearest
    return nearest


def _address(text: str) -> Address | None:
    """An address, with or without a port behind it; an IPv4 address in the clothes of IPv6 is an IPv4 address."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
