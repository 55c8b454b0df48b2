"""Whether the address can be served at, asked before anything is made."""

import socket
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL


class CannotListen(Exception):
    """Why, and what to do about it, in one line."""


def free_address(host: str, port: int) -> str:
    """The address to listen on, tried and found free. Raises CannotListen."""
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except (OSError, UnicodeError) as why:
        raise CannotListen(_why_not_listening(why, host, port)) from why
    return str(address[0])


def _why_not_listening(why: Exception, host: str, port: int) -> str:
    number = why.errno if isinstance(why, OSError) else None
    if number == EADDRINUSE:
        return f"Port {port} is already in use. Stop what uses it, or choose another: PORT={port + 1 & 0xFFFF}."
    if number == EACCES:
        return f"Port {port} needs rights that this user does not have. Choose one from 1024 up, such as PORT=8000."
    if number == EADDRNOTAVAIL:
        return f"HOST is {host!r}, which is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all of them."
    return f"HOST is {host!r}, where nothing can be served: {why}"
