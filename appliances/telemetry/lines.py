"""The log's own lines: one a request, one a decision, and what sockets and the controller do.

A line holds ids, numbers and words of ours. What people wrote (names, addresses, paths, headers) does not get in, so
nothing secret can. Where nobody reads them (voltsafe.logs), none is made.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from appliances.telemetry import figures

if TYPE_CHECKING:
    from appliances.models.decision import Decision

Write = Callable[..., Any]

_write: Write | None = None

SEEN = "voltsafe.seen"
"""Under which what is seen of a request goes along with it, in ASGI's scope and in WSGI's environ."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that this thread answers."""


@dataclass(slots=True)
class Seen:
    """A request or a socket, as far as the log may know it."""

    id: str
    route: str = ""
    door: str = ""
    user: int | None = None
    home: int | None = None
    method: str = ""
    began: float = 0.0


def write_with(write: Write | None) -> None:
    """`write(event, **fields)` takes every line from now on; with None there are none."""
    global _write  # noqa: PLW0603
    _write = write


def are_written() -> bool:
    return _write is not None


def answered(seen: Seen, *, method: str, status: int, seconds: float, size: int) -> None:
    if _write is not None:
        _write(
            "request",
            request=seen.id,
            method=method,
            route=seen.route,
            status=status,
            ms=round(seconds * 1000, 2),
            bytes=size,
            user=seen.user,
        )


def decided(rows: "Iterable[Decision]", *, request: str) -> None:
    """Each committed decision: counted, and written."""
    for row in rows:
        figures.decisions.add(str(row.action), str(row.outcome))
        if _write is not None:
            _write("decision", request=request, **_told(row))


NUMBERS = ("requested", "load_before", "load_after", "limit", "exceeded_by")


def _told(row: "Decision") -> dict[str, Any]:
    told: dict[str, Any] = {
        "home": row.home_id,
        "revision": row.revision,
        "action": str(row.action),
        "outcome": str(row.outcome),
        "actor": str(row.actor),
        "actor_id": row.actor_id,
        "subject": str(row.subject),
        "subject_id": row.subject_id,
    }
    if row.circuit_id is not None:
        told["circuit"] = row.circuit_id
    for name in NUMBERS:
        watts = getattr(row, name)
        if watts is not None:
            told[f"{name}_watts"] = float(watts)
    return told


def let_in(scope: dict[str, Any], kind: str, *, user: int | None, home: int) -> None:
    """A socket whose visitor is known and may look."""
    seen: Seen | None = scope.get(SEEN)
    if seen is None:
        return
    seen.user, seen.home = user, home
    if _write is not None:
        _write("socket opened", request=seen.id, kind=kind, home=home, user=user)


def closed(seen: Seen, *, kind: str, code: str, seconds: float) -> None:
    if _write is not None:
        _write(
            "socket closed",
            request=seen.id,
            kind=kind,
            code=code,
            home=seen.home,
            user=seen.user,
            seconds=round(seconds, 1),
        )


def ticked(*, homes: int, decisions: int, seconds: float) -> None:
    """A tick of the controller in which it decided something."""
    if _write is not None:
        _write("tick", homes=homes, decisions=decisions, ms=round(seconds * 1000, 2))
