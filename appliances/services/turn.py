"""The shell of every write: lock the home, decide, write, record, publish. Nothing else changes a load.

A turn holds the lock of one home from its first line to its commit. What it decides is recorded in the same
transaction, a refusal too, and told to watchers after the commit.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from appliances import events
from appliances.balancer import admission, units
from appliances.balancer.tree import Breaker, Tree
from appliances.models import Appliance, Circuit, Decision, Home, User, quick
from appliances.models.decision import Action, Outcome, Subject
from appliances.services import answered, durable, known, leaving, locking, reading
from appliances.services import facts as keeping
from appliances.services.actor import By
from appliances.services.fair_turn import TookTooLong
from appliances.services.outcome import Busy, Changed, Missing, Refused, Rehearsed, TooLate
from appliances.telemetry import lines

PATIENCE = 5.0
"""Seconds a writer waits for its turn before it is told that the home is busy."""

HOME_IS_BUSY = "The home is busy. Nothing was changed; try again."


@dataclass
class Turn:
    """One home, locked."""

    home: Home
    by: By
    now: datetime
    decision: Decision | None = None
    appliances: set[int] = field(default_factory=set)
    circuits: set[int] = field(default_factory=set)
    decisions: list[Decision] = field(default_factory=list)
    after: reading.Rows | None = None
    """The home as the turn leaves it, where it knows that without reading."""

    def appliance(self, pk: int) -> Appliance:
        """A copy of the row of an appliance of this home, as read under the lock. Raises Missing."""
        row = self.rows.appliances.get(pk)
        if row is None:
            raise Missing("There is no such appliance in this home.")
        return quick.copy(row)

    def circuit(self, pk: int) -> Circuit:
        """A copy of the row of a circuit of this home, as read under the lock. Raises Missing."""
        row = self.rows.circuits.get(pk)
        if row is None:
            raise Missing("There is no such circuit in this home.")
        return quick.copy(row)

    @cached_property
    def rows(self) -> reading.Rows:
        """The home as it was when the turn first looked, or when it was last read again."""
        return reading.rows_of(self.home.pk, self.now)

    @property
    def tree(self) -> Tree:
        return self.rows.tree

    def breaker(self, row: Circuit) -> Breaker:
        """A circuit as it is to be, under the temporary limits in force."""
        return reading.breaker(row, self.rows.caps(row.pk, self.now) if row.pk else ())

    def read_again(self) -> None:
        """For a turn of several steps: let the next one see what this one wrote."""
        self.__dict__.pop("rows", None)

    def admit(
        self,
        action: Action,
        subject: Any,
        *,
        after: Tree,
        about: int | None,
        wanted: Iterable[int] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> admission.Granted | None:
        """The balancer's grant, or None after its refusal has been recorded, with `facts` of what was asked."""
        verdict = admission.decide(before=self.tree, after=after, wanted=frozenset(wanted), about=about)
        if isinstance(verdict, admission.Granted):
            return verdict
        make_room = [keeping.of_loads(way.off) for way in verdict.ways]
        self.record(action, subject, verdict=verdict, facts={**(facts or {}), "make_room": make_room})
        return None

    def record(
        self,
        action: Action,
        subject: Any,
        *,
        verdict: admission.Granted | admission.Refused | None = None,
        requested_mw: int | None = None,
        facts: Mapping[str, Any] | None = None,
        outcome: Outcome = Outcome.GRANTED,
    ) -> Decision:
        """Write one decision, raise the home's revision to it, and wake the controller."""
        known.changes(self.home.pk)
        self.home.revision += 1
        row = Decision(
            home=self.home,
            revision=self.home.revision,
            at=self.now,
            actor=self.by.kind,
            actor_id=self.by.id,
            actor_name=self.by.name,
            action=action,
            outcome=outcome,
            subject=Subject.PERSON if isinstance(subject, User) else Subject(type(subject).__name__.lower()),
            subject_id=subject.pk or 0,
            subject_name=_name_before(subject, facts or {}),
            facts=dict(facts or {}),
        )
        if verdict is not None:
            self._note_numbers(row, verdict)
        if requested_mw is not None:
            row.requested = units.to_watts(requested_mw)
        quick.insert(row)
        self.home.wake_at = self.now
        known.write_revision(self.home)
        self.decision = row
        self.decisions.append(row)
        return row

    def _note_numbers(self, row: Decision, verdict: admission.Granted | admission.Refused) -> None:
        at = verdict.at
        row.circuit_id, row.circuit_name = at.circuit_id, at.circuit_name
        row.load_before, row.load_after = units.to_watts(at.load_before_mw), units.to_watts(at.load_after_mw)
        row.limit = units.to_watts(at.limit_mw)
        if at.cap is not None:
            row.facts["limited_by"] = self.limited_by(at.cap.id)
        if isinstance(verdict, admission.Refused):
            row.outcome = Outcome.REFUSED
            row.requested = units.to_watts(verdict.requested_mw)
            row.exceeded_by = units.to_watts(verdict.exceeded_by_mw)

    def limited_by(self, limit_id: int) -> dict[str, Any]:
        """A temporary limit in force as the record keeps it."""
        return keeping.of_limit(next(row for row in self.rows.limits if row.pk == limit_id), self.local)

    def local(self, moment: datetime) -> str:
        """A moment as the record keeps it: by the clock on the home's wall."""
        return moment.astimezone(ZoneInfo(self.home.timezone)).isoformat()

    def changed(self, subject_id: int | None = None) -> Changed:
        return Changed(
            self.home.pk,
            self.home.revision,
            self.decision,
            subject_id,
            tuple(sorted(self.appliances)),
            tuple(sorted(self.circuits)),
            tuple(self.decisions),
        )


def _name_before(subject: Any, facts: Mapping[str, Any]) -> str:
    """A change speaks of a thing by the name it had."""
    if isinstance(subject, User):
        return subject.get_username()[:80]
    before, _after = facts.get("changes", {}).get("name", (None, None))
    return str(before or subject.name)


def take(*, home_id: int, by: By, now: datetime, body: Callable[[Turn], int | None]) -> Changed:
    """Run `body` in the home's turn; it returns the id of what it was about.

    Raises Refused after the commit if the body recorded a refusal last, Missing if there is no such home, Busy if
    the turn did not come within PATIENCE, TooLate if it came after the deadline of `by`, and what `transact` raises.
    """

    def locked() -> Changed:
        turn = begun(home_id, by, now)
        if by.deadline is not None and time.monotonic() > by.deadline:
            raise TooLate("It would have been carried out too late.")
        subject_id = body(turn)
        _leave(turn)
        return turn.changed(subject_id)

    return transact(locked, by=by)


def begun(home_id: int, by: By, now: datetime) -> Turn:
    """Inside a transaction, with the home locked; what is certain of it is not read. Raises Missing."""
    found = known.take_for_deciding(home_id, now)
    home = known.alone(found.home) if found else locking.locked(home_id)
    turn = Turn(home, by, now)
    if found := found or known.take_as_locked(home, now):
        turn.rows = found.rows
    return turn


def _leave(turn: Turn) -> None:
    """For the next turn, and once it is committed for whoever looks."""
    rows = turn.after
    if rows is None or turn.by.dry_run:
        return
    known.leave(turn.home, rows, turn.now)
    left = leaving.Left(turn.home, rows, tuple(turn.decisions), turn.now)
    if left.decisions:
        leaving.note(left)

    def committed() -> None:
        left.is_committed = True
        known.keep_for_showing(left.home, rows, left.now)

    transaction.on_commit(committed, robust=True)


def transact(step: Callable[[], Changed], *, by: By) -> Changed:
    """Run `step` in a durable transaction of its own, in this writer's fair turn, again if the database asks for it.

    What was done under the key of `by` before is not done again but told again. Raises Refused, KeyReused, Busy, and
    Rehearsed where it was a dry run.
    """
    try:
        changed, is_new = durable.run(lambda: _once(step, by), patience=PATIENCE)
    except TookTooLong as why:
        raise Busy(HOME_IS_BUSY) from why
    if is_new and changed.decision is not None:
        # By the one who asked, once it is committed: who writes next does not wait for it.
        publish_once_committed(changed, by=by)
    if changed.decision is not None and changed.decision.outcome == Outcome.REFUSED:
        raise Refused(changed.decision)
    if by.dry_run:
        raise Rehearsed(changed)
    return changed


def publish_once_committed(changed: Changed, *, by: By) -> None:
    """Tell the watchers and the log, at once where it is committed already."""
    told = {"appliances": changed.appliances, "circuits": changed.circuits}
    transaction.on_commit(
        lambda: events.publish(home_id=changed.home_id, revision=changed.revision, **told), robust=True
    )
    transaction.on_commit(lambda: lines.decided(changed.decisions, request=by.request), robust=True)


def _once(step: Callable[[], Changed], by: By) -> tuple[Changed, bool]:
    """What was done, and whether it is news."""
    if by.key is None or by.dry_run:
        changed = step()
        transaction.set_rollback(by.dry_run)
        return changed, not by.dry_run
    # Claimed before the home is locked: whoever sent it twice waits here, and nobody waits the other way round.
    earlier = answered.claim(by.key)
    if earlier is not None:
        return _again(earlier), False
    changed = step()
    answered.note(by.key, _outcome(changed))
    return changed, True


def _outcome(changed: Changed) -> dict[str, Any]:
    """What a turn did as JSON keeps it, for whoever sends its request again."""
    return {
        "home_id": changed.home_id,
        "revision": changed.revision,
        "subject_id": changed.subject_id,
        "appliances": changed.appliances,
        "circuits": changed.circuits,
        "decisions": [row.pk for row in changed.decisions],
    }


def _again(outcome: Mapping[str, Any]) -> Changed:
    decisions = tuple(Decision.objects.filter(pk__in=outcome["decisions"]).order_by("revision"))
    return Changed(
        outcome["home_id"],
        outcome["revision"],
        decisions[-1] if decisions else None,
        outcome["subject_id"],
        tuple(outcome["appliances"]),
        tuple(outcome["circuits"]),
        decisions,
    )
