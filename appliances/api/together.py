"""Switches that wait together are carried out together: what they share is looked up, committed and said once.

An automation's plain switch goes past Django's way to a view, not past what it stands for: its token and its person's
role are judged, its turn is taken, the decision is its own, and the answer is the ordinary one. What Django says around
an answer is learnt from the first request of each kind, which goes the ordinary way; so does whatever is no plain
switch, and whatever is wrong with one before anything was done (docs/design/together.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any

from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.text import compress_string

from appliances.api import answering, bodies
from appliances.presentation import exact, faults, problems
from appliances.presentation.together import Telling
from appliances.services import access, switching, together, tokens
from appliances.services.access import Asker, Forbidden, May
from appliances.services.fair_turn import MOST_TOGETHER
from appliances.services.outcome import Changed, Missing

Headers = Sequence[tuple[bytes, bytes]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

ROUTE = "api:switch_appliance"
PATH = re.compile(rb"/api/v1/appliances/([1-9][0-9]{0,17})/toggle")

DIFFERS = {b"authorization", b"content-length", b"x-request-id"}
"""The headers in which requests of one kind differ: those that carry_out looks at itself, or that nobody does."""
NOT_PLAIN = {b"idempotency-key", b"installer-code"}
"""With these there is more to it."""

MOST_KINDS = 64
LONGEST_KIND = 2000
"""Bytes; what is longer is not learnt."""

OWN = {b"content-type", b"content-length", b"content-encoding"}
"""Headers of an answer that are its own, not those of its kind."""


@cache
def at_most() -> int:
    """So many share a thread: on SQLite a commit too, elsewhere they would only wait for each other.

    Asked once, for the loop has no connection: to ask one would make one for every browser and automation that comes.
    """
    return MOST_TOGETHER if connection.vendor == "sqlite" else 1


@dataclass(frozen=True, slots=True)
class Around:
    """What Django says around the answers to requests of one kind."""

    headers: tuple[tuple[bytes, bytes], ...]
    is_packed: bool

    def of(self, status: int, media_type: str, body: bytes, more: Mapping[str, str]) -> Answer:
        said = [(b"content-type", media_type.encode()), *self.headers]
        said += [(name.lower().encode(), value.encode()) for name, value in more.items()]
        if self.is_packed and len(packed := compress_string(body, max_random_bytes=RANDOM)) < len(body):
            body = packed
            said.append((b"content-encoding", b"gzip"))
        return status, [*said, (b"content-length", b"%d" % len(body))], body


RANDOM = 100
"""Bytes that hide a compressed answer's true length (BREACH), as many as Django's own middleware adds at most."""

Kind = tuple[tuple[bytes, bytes], ...]
_known: dict[Kind, Around] = {}


@dataclass(slots=True)
class Switch:
    """A plain one, as it came."""

    appliance_id: int
    token: str
    body: bytes
    path: str
    kind: Kind
    around: Around | None
    """None where its kind is not known yet: then it goes the ordinary way, and the answer may be learnt from."""
    request: str
    """The id of the request, for the log."""
    user_id: int | None = None
    """Whose token it is, once that was looked up."""


def read(scope: Mapping[str, Any], body: bytes, request: str) -> Switch | None:
    """The plain switch that this is, from ASGI's scope; None is for the ordinary way."""
    if scope["method"] != "POST" or scope["query_string"] or scope.get("root_path"):
        return None
    found = PATH.fullmatch(scope.get("raw_path") or b"")
    if found is None:
        return None
    headers: Headers = scope["headers"]
    said = [value for name, value in headers if name == b"authorization"]
    if len(said) != 1 or said[0][:7].lower() != b"bearer " or any(name in NOT_PLAIN for name, _value in headers):
        return None
    kind = ((b":scheme", scope["scheme"].encode()), *(one for one in headers if one[0] not in DIFFERS))
    token = said[0][7:].decode("latin-1").strip()
    return Switch(int(found[1]), token, body, scope["path"], kind, _known.get(kind), request)


def learn(kind: Kind, answer: Answer) -> None:
    """From what the ordinary way answered to one of this kind that was let in and carried out."""
    status, headers, _body = answer
    if status != answering.OK or sum(len(name) + len(value) for name, value in kind) > LONGEST_KIND:
        return
    if any(name == b"set-cookie" for name, _value in headers):
        # Of all that may stand around an answer, what is one person's.
        return
    if len(_known) >= MOST_KINDS:
        _known.clear()
    packing = [value for name, value in headers if name == b"content-encoding"]
    if packing in ([], [b"gzip"]):
        _known[kind] = Around(tuple(one for one in headers if one[0] not in OWN), bool(packing))


def carry_out(switches: Sequence[Switch]) -> list[Answer | None]:
    """The answers to these, in their order; None where the ordinary way has to say what is wrong with one.

    Those have changed nothing. Whatever else fails is answered here: it is not known to be undone.
    """
    close_old_connections()
    door = Door(timezone.now())
    answers: list[Answer | None] = [None] * len(switches)
    steps: dict[int, Callable[[], Changed]] = {}
    for place, one in enumerate(switches):
        try:
            steps[place] = door.step(one)
        except (Closed, Missing, Forbidden, ValueError):
            continue
        except Exception as why:
            answers[place] = _problem(one, why)

    jobs = together.run([*steps.values()])

    telling = Telling((job.result for job in jobs if job.error is None), door.now, answering.text)
    for place, job in zip(steps, jobs, strict=True):
        if not isinstance(job.error, Missing):
            answers[place] = _told(switches[place], job.error, job.result, telling)
    return answers


class Closed(Exception):
    """No token that opens anything."""


@dataclass
class Door:
    """Who may do what, looked up once for all that is carried out together."""

    now: datetime
    _askers: dict[str, Asker | None] = field(default_factory=dict)
    _let_in: set[tuple[str, int]] = field(default_factory=set)

    def step(self, one: Switch) -> Callable[[], Changed]:
        """What is to be done. Raises Closed, Missing, Forbidden, ValueError."""
        asker = self._asker(one.token)
        wanted = bodies.Toggle.model_validate(exact.parsed(one.body))
        home_id = home_of(one.appliance_id)
        if (one.token, home_id) not in self._let_in:
            access.require(asker=asker, home_id=home_id, capability=May.SWITCH)
            self._let_in.add((one.token, home_id))
        one.user_id = asker.user.pk if asker.user else None
        by = replace(asker.by, request=one.request)
        how: dict[str, Any] = {"by": by, "now": self.now, "home_id": home_id}
        return partial(switching.switch, appliance_id=one.appliance_id, on=wanted.is_on, **how)

    def _asker(self, token: str) -> Asker:
        if token not in self._askers:
            row = tokens.bearer(text=token, now=self.now)
            self._askers[token] = access.token(row) if row else None
        if (asker := self._askers[token]) is None:
            raise Closed
        return asker


@lru_cache(maxsize=10_000)
def home_of(appliance_id: int) -> int:
    """It never changes, and no id is given twice. Where it did after all (another database was put in the place of this
    one), the appliance is not in its home's rows, and the ordinary way looks for itself. Raises Missing."""
    return switching.home_of(appliance_id)


def _told(one: Switch, error: BaseException | None, changed: Changed, telling: Telling) -> Answer:
    try:
        if error is not None:
            raise error
        said = telling.switched(one.appliance_id, changed)
    except Exception as why:
        return _problem(one, why)
    return _around(one).of(answering.OK, answering.JSON, answering.sent(said), {})


def _problem(one: Switch, why: Exception) -> Answer:
    fault = faults.of(why, f"POST {one.path}")
    document = problems.document(fault.kind, fault.detail, one.path, fault.more)
    said = answering.sent(answering.text(document))
    return _around(one).of(fault.kind.status, problems.MEDIA_TYPE, said, answering.besides(fault.kind))


def _around(one: Switch) -> Around:
    assert one.around is not None
    return one.around
