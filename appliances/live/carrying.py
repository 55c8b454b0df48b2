"""Carrying out commands of the JSON socket: the use cases and the policy of REST, and its answers. In a lane's thread.

Whoever asks is looked at again for every batch, before anything of it is done: what they may is what they may now.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from appliances.live import visitor
from appliances.live.asked import Asked, CancelWait, Fit, Swap, Toggle, Wait
from appliances.live.visitor import Closed, Visitor
from appliances.presentation import faults, problems, resources, snapshot
from appliances.presentation.faults import Fault
from appliances.presentation.together import Telling
from appliances.services import access, answered, switching, together, waiting
from appliances.services.access import May
from appliances.services.actor import By, Key
from appliances.services.answered import Answer
from appliances.services.outcome import Changed, Refused, Rehearsed, TooLate

OK = 200


def carry_out(batch: Sequence[Asked]) -> list[str]:
    """The answers to these, which are carried out in their order."""
    now = timezone.now()
    door = Door(now)
    answers: list[str] = []
    for is_look, commands in groupby(batch, key=lambda one: isinstance(one.message, Fit)):
        answer = _looked if is_look else _changed
        answers += answer(list(commands), door)
    return answers


def failed(batch: Sequence[Asked], why: Exception) -> list[str]:
    """The answers to these where something failed that is of no single one."""
    return [_sent(one, _problem(one, why)) for one in batch]


@dataclass
class Door:
    """Who may do what, asked once a batch for each who asks."""

    now: datetime
    _known: dict[tuple[Visitor, May], By | Exception] = field(default_factory=dict)

    def let_in(self, asked: Asked, capability: May) -> By:
        """Raises Closed, Missing, Forbidden."""
        place = asked.visitor, capability
        if place not in self._known:
            self._known[place] = self._judged(*place)
        found = self._known[place]
        if isinstance(found, Exception):
            raise found
        return asked.by(found, self.now)

    def _judged(self, who: Visitor, capability: May) -> By | Exception:
        try:
            asker = visitor.asker(who, self.now)
            access.require(asker=asker, home_id=who.home_id, capability=capability)
        except Exception as why:
            return why
        return asker.by


def _looked(commands: Sequence[Asked], door: Door) -> Iterator[str]:
    for one in commands:
        try:
            door.let_in(one, May.LOOK)
            if one.is_late:
                raise TooLate("Nobody may be waiting for it any more.")
            at = snapshot.read(one.visitor.home_id, feed=0, now=door.now)
            body = _json(resources.fit(at, at.appliance(one.message.appliance)))
            yield _sent(one, Answer(OK, body))
        except Exception as why:
            yield _sent(one, _problem(one, why))


def _changed(commands: Sequence[Asked], door: Door) -> Iterator[str]:
    answers: dict[int, Answer] = {}
    steps: dict[int, tuple[By, Callable[[], Changed]]] = {}
    for place, one in enumerate(commands):
        try:
            by = door.let_in(one, May.SWITCH)
            earlier = answered.given(by.key) if by.key else None
            if earlier is not None:
                answers[place] = earlier
            else:
                steps[place] = by, _use_case(one, by, door.now)
        except Exception as why:
            answers[place] = _problem(one, why)

    jobs = together.run([step for _by, step in steps.values()])

    telling = Telling((job.result for job in jobs if job.error is None), door.now, _json)
    for (place, (by, _step)), job in zip(steps.items(), jobs, strict=True):
        answer = _told(commands[place], job.error, job.result, telling)
        if by.key is not None and (answer.status == OK or isinstance(job.error, Refused)):
            answer = _settled(commands[place], by.key, answer)
        answers[place] = answer
    return (_sent(one, answers[place]) for place, one in enumerate(commands))


def _use_case(asked: Asked, by: By, now: datetime) -> Callable[[], Changed]:
    """The appliance may be any; that it is one of this home's is found out in the home's turn."""
    how: dict[str, Any] = {"by": by, "now": now, "home_id": asked.visitor.home_id}
    match asked.message:
        case Toggle(appliance=pk, is_on=on):
            return lambda: switching.switch(appliance_id=pk, on=on, **how)
        case Swap(appliance=pk, off=off):
            return lambda: switching.swap(on_id=pk, off_ids=off, **how)
        case Wait(appliance=pk, expires_at=until):
            return lambda: waiting.ask(appliance_id=pk, expires_at=until, **how)
        case CancelWait(appliance=pk):
            return lambda: waiting.cancel(appliance_id=pk, **how)
        case Fit():
            raise AssertionError("unreachable: a look changes nothing")


def _told(asked: Asked, error: BaseException | None, changed: Changed, telling: Telling) -> Answer:
    try:
        if error is not None:
            raise error
        return Answer(OK, telling.switched(asked.message.appliance, changed))
    except Rehearsed as why:
        return Answer(OK, _json(resources.rehearsal(why.changed.decisions)))
    except Exception as why:
        return _problem(asked, why)


def _settled(asked: Asked, key: Key, answer: Answer) -> Answer:
    try:
        return answered.settle(key, answer)
    except Exception as why:
        return _problem(asked, why)


def _problem(asked: Asked, why: Exception) -> Answer:
    if isinstance(why, Closed):
        fault = Fault(problems.NOT_SIGNED_IN)
    else:
        fault = faults.of(why, f"{asked.message.action} on {asked.instance}")
    return Answer(fault.kind.status, problem(fault, asked.instance))


def problem(fault: Fault, instance: str) -> str:
    told = {"problem": problems.document(fault.kind, fault.detail, instance, fault.more)}
    return _json({**told, "retry_after": problems.RETRY_SECONDS} if problems.is_passing(fault.kind) else told)


def sent(id_: int | str | None, answer: Answer) -> str:
    """`id` and `ok` before whatever it is."""
    head = {"type": "answer", "id": id_, "ok": answer.status == OK, **({"replayed": True} if answer.is_replay else {})}
    return f"{_json(head)[:-1]},{answer.body[1:]}"


def _sent(asked: Asked, answer: Answer) -> str:
    return sent(asked.message.id, answer)


def _json(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
