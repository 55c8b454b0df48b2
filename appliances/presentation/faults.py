"""Whatever a use case raises, as the problem that is answered for it over REST and over the socket alike."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError

from appliances.interlock import guard
from appliances.interlock.guard import InterlockMissing
from appliances.presentation import problems, resources, wording
from appliances.presentation.problems import Kind
from appliances.services import installer
from appliances.services.access import Forbidden
from appliances.services.answered import KeyReused
from appliances.services.cleaning import InUse, Invalid
from appliances.services.confirming import ConfirmFirst
from appliances.services.installer import InstallerCodeNeeded
from appliances.services.lowering import PreviewChanged
from appliances.services.outcome import Busy, Missing, Refused, RemovedSince, TooLate
from appliances.services.throttle import Throttled

log = logging.getLogger(__name__)

FIELDS = {
    "rated": "rated_watts",
    "limit": "limit_watts",
    "circuit": "circuit_id",
    "parent": "parent_id",
    "__all__": "body",
}
"""What the services and models call a field, where the API calls it by another name."""

KINDLY = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such field here.",
    "model_type": "Send a JSON object.",
    "model_attributes_type": "Send a JSON object.",
    "string_unicode": "This text cannot be written in UTF-8.",
}
"""Better words than pydantic's for what goes wrong most."""


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    detail: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    """The members that its kind adds."""


def of(why: Exception, asked: str) -> Fault:
    """By the nearest class of the exception; `asked` names what failed, for the log."""
    of_kind = next(FAULTS[one] for one in type(why).__mro__ if one in FAULTS)
    return of_kind(why, asked)


def wrong_fields(found: Iterable[tuple[str, str]]) -> Fault:
    """Names and what is wrong with each."""
    errors: dict[str, list[str]] = {}
    for name, text in found:
        texts = errors.setdefault(name, [])
        if text not in texts:
            texts.append(text)
    detail = " ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())
    return Fault(problems.INVALID, detail, {"errors": errors})


def text_of(error: Mapping[str, Any]) -> str:
    """One error of pydantic's in kind words."""
    said = error.get("ctx", {}).get("error")
    return str(said or KINDLY.get(error["type"], f"{error['msg']}."))


def refused(why: Refused, _asked: str = "") -> Fault:
    detail = " ".join(wording.refusal(why.decision))
    if "rests_until" in why.decision.facts:
        return Fault(problems.MUST_REST, detail, {"rests_until": why.decision.facts["rests_until"]})
    if installer.is_wrong_code(why):
        return Fault(problems.INSTALLER_CODE_REQUIRED, detail)
    return Fault(problems.CAPACITY_EXCEEDED, detail, resources.refusal(why.decision))


def _said(kind: Kind) -> Callable[[Any, str], Fault]:
    """The detail is what the exception says."""
    return lambda why, _asked: Fault(kind, str(why))


def _plain(kind: Kind) -> Callable[[Any, str], Fault]:
    """Nothing of the exception is told."""
    return lambda _why, _asked: Fault(kind)


def _preview_changed(why: PreviewChanged, _asked: str) -> Fault:
    return Fault(problems.PREVIEW_CHANGED, str(why), {"would_shed": resources.way(why.off)})


def _invalid(why: Invalid, _asked: str) -> Fault:
    return wrong_fields((FIELDS.get(name, name), text) for name, texts in why.errors.items() for text in texts)


def _integrity(why: IntegrityError, asked: str) -> Fault:
    """Two requests at once took the same name; an overload that got as far as the interlock is a fault of ours."""
    if guard.is_interlock_error(why):
        return _internal(why, asked)
    log.warning("Refused by the database: %s", why)
    return Fault(problems.CONFLICT)


def _unavailable(why: DatabaseError, _asked: str) -> Fault:
    log.error("The database does not answer: %s", why)
    return Fault(problems.UNAVAILABLE)


def _internal(why: Exception, asked: str) -> Fault:
    log.error("%s failed", asked, exc_info=why)
    return Fault(problems.INTERNAL)


FAULTS: dict[type, Callable[[Any, str], Fault]] = {
    Exception: _internal,
    Refused: refused,
    KeyReused: _plain(problems.KEY_REUSED),
    PreviewChanged: _preview_changed,
    Forbidden: _said(problems.FORBIDDEN),
    ConfirmFirst: _plain(problems.CONFIRMATION_REQUIRED),
    InstallerCodeNeeded: _plain(problems.INSTALLER_CODE_REQUIRED),
    Throttled: _said(problems.TOO_MANY_TRIES),
    Missing: _said(problems.NOT_FOUND),
    RemovedSince: _said(problems.REMOVED_SINCE),
    InUse: _said(problems.IN_USE),
    Invalid: _invalid,
    TooLate: _plain(problems.TOO_LATE),
    Busy: _said(problems.BUSY),
    InterlockMissing: _plain(problems.INTERLOCK_MISSING),
    IntegrityError: _integrity,
    OperationalError: _unavailable,
    InterfaceError: _unavailable,
}
