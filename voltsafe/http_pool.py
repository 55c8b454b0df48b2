"""HTTP through Django's WSGI handler in a fixed pool of threads: one hop a request, nothing streamed.

Django's own ASGI handler hops between the loop and a thread for every middleware hook and makes a thread context a
request: three times the work, and database connections that cannot be kept (benchmarks/requests.py has the figures).
"""

import asyncio
import json
import logging
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from appliances.services import time_left
from appliances.telemetry.lines import SEEN

log = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024
"""The longest body that is read; Django's own limit for forms is lower."""

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
"""Those that some view may know; with any other, the ones that know none would do as with GET."""

MOST_WAITING = 256
"""Requests that may wait for a thread; one more is told to come back."""

MOST_SECONDS = 3.0
"""So long a request may wait for a thread: where all were held up, those behind are told so and are not begun."""

Scope = Mapping[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]
Done = Callable[[Answer], None]
WSGIHandler = Callable[[dict[str, Any], Callable[..., Any]], Any]


class TooLong(Exception):
    """The body is longer than MOST_BYTES; the rest of it was not read."""


class Gone(Exception):
    """The client hung up before it was answered."""


FAILED: Answer = 500, [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"13")], b"Server error\n"


class Job:
    """A request on its way through the pool; `done` is called once with its answer, by whichever thread has it.

    It refers to nothing that refers to it, so that what a request was goes at once and not with the next search for
    garbage, which holds all of them up.
    """

    __slots__ = ("body", "came_at", "done", "is_taken", "not_after", "scope", "seen", "switch")

    def __init__(self, scope: Scope, body: bytes, done: Done, *, seen: Any = None) -> None:
        self.scope, self.body, self.done = scope, body, done
        self.came_at = self.not_after = 0.0
        """By time.monotonic; later than that it is not begun."""
        self.is_taken = False
        """It has been begun, answered or dropped, and is nobody else's any more."""
        self.seen = seen
        """What is observed of it (voltsafe.observing)."""
        self.switch: Any = None
        """What it asks for, where that may be carried out with others (voltsafe.together)."""


class HttpPool:
    """An ASGI application for HTTP around a WSGI handler. All but `_run` and what that calls runs on the event loop.

    A server that has whole requests in hand may go to `answer_to` without ASGI's messages (voltsafe.short_way).
    """

    def __init__(
        self, handler: WSGIHandler, *, threads: int, waiting: int = MOST_WAITING, patience: float = MOST_SECONDS
    ) -> None:
        self._handler = handler
        self._patience = patience
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="http")
        self._threads = threads
        self._room = threads + waiting
        self._held = 0
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()

        def done(given: Answer) -> None:
            with suppress(RuntimeError):  # the loop has ended, and everybody with it
                loop.call_soon_threadsafe(_set, answer, given)

        try:
            job = self.answer_to(scope, await _body(receive), done)
            if self._held > self._threads and await _hung_up_before(answer, receive):
                self.drop(job)
                return
            status, headers, body = await answer
        except TooLong:
            status, headers, body = _problem(413, "body_too_large", f"Send at most {MOST_BYTES} bytes.")
        except Gone:
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def answer_to(self, scope: Scope, body: bytes, done: Done) -> Job:
        """Have `done` called with what a thread of the pool answers, or the pool itself at once; it raises nothing."""
        return self._take_in(Job(scope, body, done))

    def drop(self, job: Job) -> bool:
        """Who asked is gone: what has not begun never will. Whether it had not."""
        if not self._is_first(job):
            return False
        self._left()
        return True

    def close(self) -> None:
        """Let the requests that run finish; those that wait are dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _take_in(self, job: Job) -> Job:
        if (refused := self._refused(job.scope["method"])) is not None:
            job.is_taken = True
            self._give(job, refused)
            return job
        with self._lock:
            self._held += 1
        job.came_at = time.monotonic()
        job.not_after = job.came_at + self._patience
        self._submit(job)
        return job

    def _submit(self, job: Job) -> None:
        self._pool.submit(self._run, job)

    def _refused(self, method: str) -> Answer | None:
        if method not in METHODS:
            status, headers, said = _problem(405, "method_not_allowed", "There is no such method here.")
            return status, [*headers, (b"allow", ", ".join(METHODS).encode())], said
        return busy(method) if self._held >= self._room else None

    def _run(self, job: Job) -> None:
        """One request, whole, in a thread of the pool."""
        if self._is_first(job):
            self._answer(job)

    def _answer(self, job: Job) -> None:
        is_late = time.monotonic() > job.not_after
        with time_left.since(job.came_at):
            answer = busy(job.scope["method"]) if is_late else self._respond_to(job)
        self._left()
        self._give(job, answer)

    def _is_first(self, job: Job) -> bool:
        """Of those who would begin or drop it; the next one is too late."""
        with self._lock:
            is_first, job.is_taken = not job.is_taken, True
        return is_first

    def _left(self) -> None:
        with self._lock:
            self._held -= 1

    def _give(self, job: Job, answer: Answer) -> None:
        job.done(answer)

    def _respond_to(self, job: Job) -> Answer:
        environ = environ_of(job.scope, job.body)
        started: list[tuple[str, list[tuple[str, str]]]] = []
        parts: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[..., None]:
            started.append((status, headers))
            return parts.append

        try:
            response = self._handler(environ, start_response)
            try:
                parts.extend(response)
            finally:
                # Closing tells Django that the request is over; its connections are checked on that word.
                response.close()
            line, headers = started[-1]
            encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        except Exception:
            log.exception("%s failed", environ["REQUEST_METHOD"])
            return FAILED
        return _measured(int(line[:3]), encoded, b"".join(parts), environ["REQUEST_METHOD"])


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The request as PEP 3333 has it: text that is bytes in latin-1."""
    host, port = scope.get("server") or ("localhost", 80)
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    root: str = scope.get("root_path", "").encode().decode("latin-1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root,
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1").removeprefix(root),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        SEEN: scope.get(SEEN),
    }
    for name, value in scope["headers"]:
        # `X_User` and `X-User` would become the same key: the first is a way to forge the second.
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        if key in environ:
            text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        environ[key] = text
    if body or "CONTENT_LENGTH" in environ:
        # What has arrived is known; what was announced (or not, in a chunked request) is not needed.
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise TooLong
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _hung_up_before(answer: asyncio.Future[Answer], receive: Receive) -> bool:
    """Wait for the answer, or until the client leaves; whether it has left."""
    leaving = asyncio.ensure_future(receive())
    waited_for: set[asyncio.Future[Any]] = {answer, leaving}
    try:
        await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
        return not answer.done()
    finally:
        leaving.cancel()


def busy(method: str) -> Answer:
    status, headers, said = _problem(503, "busy", "Too many requests at once. Try again in a moment.")
    return status, [*headers, (b"retry-after", b"1")], b"" if method == "HEAD" else said


def _measured(status: int, headers: Headers, body: bytes, method: str) -> Answer:
    """With its length, where the handler has not said it and it is known."""
    if status < 200 or status == 204:
        # RFC 9110 §8.6: none here, not even 0. Django's middleware says 0.
        headers = [(name, value) for name, value in headers if name != b"content-length"]
    has_body = status >= 200 and status not in {204, 304} and method != "HEAD"
    if has_body and all(name != b"content-length" for name, _value in headers):
        headers.append((b"content-length", str(len(body)).encode()))
    return status, headers, body if has_body else b""


def _set(answer: asyncio.Future[Answer], given: Answer) -> None:
    if not answer.done():
        answer.set_result(given)


def _problem(status: int, code: str, detail: str) -> Answer:
    title = HTTPStatus(status).phrase
    problem = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return _measured(status, [(b"content-type", b"application/problem+json")], json.dumps(problem).encode(), "")
