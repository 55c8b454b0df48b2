"""/metrics of a controller that is a process of its own: one address, one question at a time, and nothing else.

No web server runs there, and none is needed. What a monitor asks is read up to a bound and by the clock, in a thread
and on a connection to the database of its own: whoever asks slowly, or all the time, keeps no tick waiting.
"""

import contextlib
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus

from django.db import DatabaseError, connection
from django.utils import timezone

from appliances.presentation import metrics
from appliances.services import access, tokens
from voltsafe import scraping
from voltsafe.startup import CannotStart

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds to ask in, and to take the answer in; a monitor's own patience is ten."""

MOST_BYTES = 8192
"""Of a question."""

WAITING = 8
"""Who may wait while another is answered."""

Headers = dict[str, str]
Answer = tuple[HTTPStatus, Headers, bytes]


@contextlib.contextmanager
def served(address: tuple[str, int] | None, say: Callable[[str], None]) -> Iterator[None]:
    """In here it is answered at that address. Raises CannotStart where that is not to be had."""
    if address is None:
        yield
        return
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=WAITING)
    except OSError as why:
        said = os.strerror(why.errno) if isinstance(why.errno, int) and why.errno > 0 else str(why)
        raise CannotStart(f"VOLTSAFE_CONTROLLER_METRICS: {host}:{port} cannot be had: {said}.") from why
    enough, stop = socket.socketpair()
    thread = threading.Thread(target=_serve, args=(listening, enough), name="metrics", daemon=True)
    with listening, enough, stop:
        thread.start()
        say(f"Its figures are at {host}:{port}{scraping.PATH}.")
        try:
            yield
        finally:
            stop.close()
            thread.join(timeout=3 * PATIENCE)


def _serve(listening: socket.socket, enough: socket.socket) -> None:
    """Until the other end of `enough` is closed."""
    while True:
        ready, _, _ = select.select([listening, enough], [], [])
        if enough in ready:
            return
        try:
            asking, _address = listening.accept()
            with asking:
                _talk(asking)
        except OSError as why:
            # Mostly a monitor that did not wait; where we have no more files to open, it is no use to hurry.
            log.info("A monitor was not answered: %s", why)
            select.select([enough], [], [], 0.1)


def _talk(asking: socket.socket) -> None:
    until = time.monotonic() + PATIENCE
    status, headers, body = _answer_to(_head(asking, until))
    said = {"Content-Length": str(len(body)), "Connection": "close", "Cache-Control": "no-store", **headers}
    head = "".join(f"{name}: {text}\r\n" for name, text in said.items())
    asking.settimeout(PATIENCE)
    asking.sendall(f"HTTP/1.1 {status} {status.phrase}\r\n{head}\r\n".encode() + body)
    asking.shutdown(socket.SHUT_WR)
    _let_it_finish(asking)


def _head(asking: socket.socket, until: float) -> bytes:
    """All before the empty line; less where that does not come. Raises OSError where it takes too long."""
    found = b""
    while b"\r\n\r\n" not in found and len(found) <= MOST_BYTES:
        asking.settimeout(max(0.001, until - time.monotonic()))
        if not (more := asking.recv(4096)):
            break
        found += more
    return found.partition(b"\r\n\r\n")[0] if b"\r\n\r\n" in found else b""


def _let_it_finish(asking: socket.socket) -> None:
    """Of a connection that is closed on what was not read of it, the other side may lose what it was told."""
    until = time.monotonic() + PATIENCE
    left = 8 * MOST_BYTES
    while left > 0 and time.monotonic() < until:
        asking.settimeout(max(0.001, until - time.monotonic()))
        if not (more := asking.recv(4096)):
            return
        left -= len(more)


def _answer_to(head: bytes) -> Answer:
    line, *named = head.decode("latin-1").split("\r\n")
    method, _space, rest = line.partition(" ")
    target, _space, version = rest.partition(" ")
    if not version.startswith("HTTP/1."):
        return HTTPStatus.BAD_REQUEST, {}, b""
    if target.partition("?")[0] != scraping.PATH:
        return HTTPStatus.NOT_FOUND, {}, b""
    if method != "GET":
        return HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET"}, b""
    return _figures(named)


def _figures(named: list[str]) -> Answer:
    try:
        if not _may_ask(named):
            return HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"}, b""
        return HTTPStatus.OK, {"Content-Type": metrics.CONTENT_TYPE}, metrics.exposition()
    except DatabaseError as why:
        log.warning("The figures of the controller cannot be told: %s", str(why).strip().partition("\n")[0])
        return HTTPStatus.SERVICE_UNAVAILABLE, {}, b""
    except Exception:
        log.exception("The figures of the controller cannot be told")
        return HTTPStatus.INTERNAL_SERVER_ERROR, {}, b""
    finally:
        # Kept, it would be one more of the few that a database has, for four questions a minute.
        connection.close()


def _may_ask(named: list[str]) -> bool:
    """As at a web process, by a token: nobody has a session here."""
    parted = [one.partition(":") for one in named]
    said = [value.strip() for name, _colon, value in parted if name.lower() == "authorization"]
    if len(said) != 1 or said[0][:7].lower() != "bearer ":
        return False
    token = tokens.bearer(text=said[0][7:].strip(), now=timezone.now())
    return token is not None and access.sees_figures(access.token(token))
